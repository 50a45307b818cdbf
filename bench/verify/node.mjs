// Full verification in Node, ours beside the peers, all in one run.
import * as xmldom from '@xmldom/xmldom';
import { setEngine, CryptoEngine } from 'pkijs';
import * as XmlCore from 'xml-core';
import * as XmlDSig from 'xmldsigjs';
import xpath from 'xpath';
import { verify } from '../../dist/index.node.js';
import { catalogue } from './catalogues.mjs';
import { interleaved, plan, report } from './measure.mjs';
import { libxml2Full } from '../peers/libxml2.mjs';
import { xadesFull, xmldsigPinned } from '../peers/xades.mjs';
import { xmlCryptoPinned } from '../peers/xmlcrypto.mjs';
import { xmlsecMs } from '../peers/xmlsec.mjs';

XmlCore.setNodeDependencies({ ...xmldom, xpath });
XmlDSig.Application.setEngine('node', globalThis.crypto);
setEngine('node', new CryptoEngine({ name: 'node', crypto: globalThis.crypto }));

const contestants = {
  'ehealth-bcp': async (bytes, env) => (await verify(bytes, { anchors: [env.anchorPem], at: env.at })).services,
  'xadesjs + pkijs, full': xadesFull,
  'libxml2-wasm + pkijs, full': libxml2Full,
  'xmldsigjs, pinned key': xmldsigPinned,
  'xml-crypto, pinned key': xmlCryptoPinned,
};
const results = {};
for (const { file, ...rounds } of plan) {
  results[file] = await interleaved(contestants, catalogue(file), rounds);
  const native = xmlsecMs(catalogue(file), rounds.rounds);
  if (native !== undefined) results[file]['xmlsec1, native, pinned key'] = native;
}
report(`Node ${process.versions.node}`, results, 'ehealth-bcp');
