// Time per cache key in Node, ours through the wasm beside the peers, all in one run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import SaxonJS from 'saxon-js';
import { cases, grown, kibibytes } from './cases.mjs';
import { anchor, signed } from './catalogue.mjs';
import { opened } from './core.mjs';
import { grew, linearity, ours, payloadText, repeatedSync, table, timed } from './measure.mjs';
import { xsltProcessor } from '../peers/xsltprocessor.mjs';

// saxon-js runs what xslt3 compiled beforehand. Compiling takes xslt3 a second, so only "compiled" is measured; the
// package on the registry is for Node, so it stays out of the table of Chromium. It is an XSLT 3.0 processor.
const built = fileURLToPath(new URL('../../build/bench/keys/', import.meta.url));
const xslt3 = createRequire(import.meta.url).resolve('xslt3/xslt3.js');
mkdirSync(built, { recursive: true });
const saxon = {
  'saxon-js, compiled': repeatedSync((c) => {
    const stylesheetInternal = sef(c);
    return () =>
      SaxonJS.transform({ stylesheetInternal, sourceText: payloadText(c.request), destination: 'serialized' }, 'sync')
        .principalResult;
  }),
};

const compiled = new Map();
function sef({ name, sheetFile }) {
  if (!compiled.has(name)) {
    const file = `${built}${name}.sef.json`;
    execFileSync('node', [xslt3, `-xsl:${sheetFile}`, `-export:${file}`, '-nogo'], { stdio: 'pipe' });
    compiled.set(name, JSON.parse(readFileSync(file, 'utf8')));
  }
  return compiled.get(name);
}

console.warn = () => {}; // xslt-processor warns of "/" beside "*" at each key
const mine = ours(...(await opened(readFileSync(new URL('../../dist/bcp.wasm', import.meta.url)), signed(), anchor())));
const contestants = { ...mine, ...xsltProcessor, ...saxon };
const results = await timed(contestants, cases, { mayFail: [...Object.keys(xsltProcessor), ...Object.keys(saxon)] });
table(`Node ${process.versions.node}`, results, cases);
linearity('Node, compiled', await grew(mine['ours, compiled'], cases, grown, kibibytes), kibibytes);
