// Not a verifier: the least that any Go program with certificates pays in a browser, started as cold-ours is.
import { compile, instantiate } from '../dist/core.js';
import { coldStart } from './cold.mjs';

const core = compile(globalThis.bcpWasm).then(instantiate);
coldStart(async (bytes, env, services) => {
  (await core).call('check', {}, new TextEncoder().encode(env.anchorPem), env.leafDer);
  return services;
});
