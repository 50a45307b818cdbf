// The members of what callers give, as the types have them.
import type { Shape } from './check.js';
import * as want from './kinds.js';

const trust: Shape = { anchors: want.anchors, 'crls?': want.bytesList, 'signerCn?': want.text };
const judging: Shape = {
  'crls?': want.bytesList,
  'signerCn?': want.text,
  'environment?': want.text,
  'stylesheets?': want.bytesByName,
  'at?': want.date,
  'held?': want.bytes,
  'heldAt?': want.date,
};

export const judgementShape: Shape = { anchors: want.anchors, ...judging };
export const serviceKeyShape: Shape = { ...judgementShape, catalogue: want.bytes, service: want.text };
/** A stylesheet needs nothing of a judgement, and the type allows it. */
export const stylesheetKeyShape: Shape = {
  ...judging,
  'anchors?': want.anchors,
  stylesheet: { ...want.bytes, words: 'text or bytes, or a catalogue with its service' },
};
export const coreShape: Shape = { 'wasmIntegrity?': want.hash };
export const callShape: Shape = {
  'body?': want.callback,
  'repeat?': want.oneOf('yes', 'no'),
  'serveExpired?': want.truth,
};
export const ruleShape: Shape = { 'stylesheet?': want.text, 'strategy?': want.text, 'duration?': want.text };
export const clientShape: Shape = {
  environment: want.text,
  ...trust,
  'catalogue?': want.catalogueSources,
  'gateway?': want.url,
  'seed?': want.bytesOrCallback,
  'policy?': {
    'name?': want.oneOf('connector', 'published'),
    'failback?': want.truth,
    'attemptTimeoutMs?': want.whole,
    'totalTimeoutMs?': want.whole,
    'coolDownMs?': want.whole,
    'maxCoolDownMs?': want.whole,
    'maxCacheAgeMs?': want.whole,
  },
  'cache?': {
    services: want.texts,
    'rules?': want.object,
    'stylesheets?': want.bytesByName,
    'serveExpired?': want.truth,
    'maxEntries?': want.whole,
    'maxBytes?': want.whole,
    'persistent?': { user: want.text, secret: want.callback, 'lockAfterMs?': want.whole },
  },
  'procedures?': want.bytes,
  'audience?': want.audience,
  'namespace?': want.text,
  'store?': want.store,
  'fetch?': want.callback,
  'rewrite?': want.callback,
  'log?': want.callback,
  'wasm?': want.wasm,
  'wasmIntegrity?': want.hash,
};
