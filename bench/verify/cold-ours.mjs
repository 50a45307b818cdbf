import { createCore } from '../../dist/slim.js';
import { coldStart } from './cold.mjs';

const { preload, verify } = createCore(globalThis.bcpWasm);
preload();
coldStart(async (bytes, env) => (await verify(bytes, { anchors: [env.anchorPem], at: env.at })).services);
