// The five cases: a stylesheet, a request, and the key that the JDK makes of them. Where the request grows, `grows` is
// what is repeated.
import { readFileSync } from 'node:fs';

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const folder = new URL('.', import.meta.url).pathname;

export const cases = Object.entries({
  etk: /<p:Identifier>[^]*?<\/p:Identifier>/,
  memberdata: /<m:Facet [^]*?<\/m:Facet>/,
  copy: /<transaction>[^]*?<\/transaction>/,
  group: /<t:Item [^]*?<\/t:Item>/,
  number: /<r:Line [^]*?<\/r:Line>/,
}).map(([name, grows]) => ({
  name,
  grows,
  sheetFile: `${folder}${name}.xsl`,
  requestFile: `${folder}${name}.xml`,
  sheet: read(`${name}.xsl`),
  request: read(`${name}.xml`),
  key: read(`${name}.key`).trim(),
}));

export const kibibytes = [1, 4, 16, 64, 256, 1024];

/**
 * The request of a case, its first repeatable part repeated until the whole has that many KiB; long numbers in it
 * differ,  so that groups grow in number and not in size. */
export function grown({ request, grows }, kib) {
  const [part] = grows.exec(request);
  const times = Math.max(1, Math.round((kib * 1024 - request.length) / part.length) + 1);
  const parts = Array.from({ length: times }, (_, i) => part.replace(/\d{11}/, (n) => String(Number(n) + i)));
  return request.replace(part, () => parts.join(''));
}
