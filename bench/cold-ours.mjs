import { verify } from '../dist/index.js';
import { coldStart } from './cold.mjs';

coldStart(async (bytes, env) => (await verify(bytes, { anchors: [env.anchorPem], at: env.at })).services);
