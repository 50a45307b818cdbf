// What runs in the page: bundled by esbuild, driven by chromium.mjs.
import { compile } from '../../dist/core/host.js';
import { createCore } from '../../dist/slim.js';
import { interleaved } from './measure.mjs';
import { libxml2Full } from '../peers/libxml2.mjs';
import { xadesFull, xmldsigPinned } from '../peers/xades.mjs';

const module = compile('/bcp.wasm');

function checker(core) {
  return async (bytes, env) => (await core.verify(bytes, { anchors: [env.anchorPem], at: env.at })).services;
}

// A session remembers the certificates that it read, and who signed them: here a new one for each verification.
async function newSession() {
  const core = createCore(await module);
  await core.preload();
  return checker(core);
}

function decoded(name) {
  return fetch(`/data/${name}`)
    .then((r) => r.json())
    .then(({ bytes, services, env }) => ({
      bytes: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)),
      services,
      env: {
        ...env,
        at: new Date(env.at),
        anchorDer: new Uint8Array(env.anchorDer),
        leafDer: new Uint8Array(env.leafDer),
      },
    }));
}

globalThis.measure = async (file, rounds) =>
  interleaved(
    {
      'ehealth-bcp': checker(createCore(module)),
      'ehealth-bcp, in a new session': { prepare: newSession },
      'xadesjs + pkijs, full': xadesFull,
      'libxml2-wasm + pkijs, full': libxml2Full,
      'xmldsigjs, pinned key': xmldsigPinned,
    },
    await decoded(file),
    rounds,
  );
