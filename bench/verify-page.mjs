// What runs in the page: bundled by esbuild, driven by verify-chromium.mjs.
import { verify } from '../dist/index.js';
import { interleaved } from './measure.mjs';
import { libxml2Full } from './peers/libxml2.mjs';
import { xadesFull, xmldsigPinned } from './peers/xades.mjs';

const ours = async (bytes, env) => (await verify(bytes, { anchors: [env.anchorPem], at: env.at })).services;

function decoded(name) {
  return fetch(`/data/${name}`).then((r) => r.json()).then(({ bytes, services, env }) => ({
    bytes: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)),
    services,
    env: { ...env, at: new Date(env.at), anchorDer: new Uint8Array(env.anchorDer), leafDer: new Uint8Array(env.leafDer) },
  }));
}

globalThis.measure = async (file, rounds) => interleaved({
  'ehealth-bcp': ours,
  'xadesjs + pkijs, full': xadesFull,
  'libxml2-wasm + pkijs, full': libxml2Full,
  'xmldsigjs, pinned key': xmldsigPinned,
}, await decoded(file), rounds);
