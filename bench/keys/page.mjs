// What runs in the page: bundled by esbuild, driven by chromium.mjs.
import { opened } from './core.mjs';
import { grew, ours, repeatedSync, timed } from './measure.mjs';
import { xsltProcessor } from '../peers/xsltprocessor.mjs';

const octets = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const lastElement = (parent) => parent.lastElementChild;

function importing(sheet) {
  const processor = new XSLTProcessor();
  processor.importStylesheet(new DOMParser().parseFromString(sheet, 'text/xml'));
  return processor;
}

function transformed(processor, c) {
  const envelope = new DOMParser().parseFromString(c.request, 'text/xml');
  const source = document.implementation.createDocument(null, null);
  source.appendChild(source.adoptNode(lastElement(lastElement(envelope.documentElement))));
  const result = processor.transformToFragment(source, document);
  return c.sheet.includes('method="text"') ? result.textContent : new XMLSerializer().serializeToString(result);
}

const browser = {
  'XSLTProcessor, compiled': repeatedSync((c) => {
    const processor = importing(c.sheet);
    return () => transformed(processor, c);
  }),
  'XSLTProcessor, fresh': repeatedSync((c) => () => transformed(importing(c.sheet), c)),
};

const core = fetch('/keys')
  .then((r) => r.json())
  .then(({ catalogue, anchor }) => opened(fetch('/bcp.wasm'), octets(catalogue), octets(anchor)));
const hasXslt = 'XSLTProcessor' in globalThis;

globalThis.keys = {
  hasXslt,
  measure: async (cases) =>
    timed({ ...ours(...(await core)), ...(hasXslt ? browser : {}), ...xsltProcessor }, cases, {
      mayFail: Object.keys(xsltProcessor),
    }),
  grow: async (cases, sizes) => grew(ours(...(await core))['ours, compiled'], cases, (c, kib) => c.grown[kib], sizes),
};
