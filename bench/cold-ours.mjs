// The page's head started to compile the wasm before this module came, as the README recommends for a fast start.
import { createCore } from '../dist/slim.js';
import { coldStart } from './cold.mjs';

const { preload, verify } = createCore(globalThis.bcpWasm);
preload();
coldStart(async (bytes, env) => (await verify(bytes, { anchors: [env.anchorPem], at: env.at })).services);
