// A server that says what it was asked, for comparing two ways to ask. The last segment of a path says how it answers;
// the first, whether a catalogue knows it.
import { gzipSync } from 'node:zlib';

/** How a path can end, and so what a catalogue must list. */
export const endings = [
  'echo',
  'echo?a=b%20c',
  'html',
  'json',
  'form',
  'gzip',
  'bom',
  '204',
  '205',
  '304',
  '404',
  '500',
  'empty',
  'named',
  'redirect',
  'hang',
  'broken',
];

const methods = 'GET, PUT, DELETE, PATCH, OPTIONS';
const caching = new Set(['cache-control', 'pragma']);
const xml = { 'content-type': 'text/xml; charset=utf-8' };
const soap = (text) =>
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
  `<echo>${text}</echo></s:Body></s:Envelope>`;
const plain = soap('text');

const answers = {
  html: [200, { 'content-type': 'text/html' }, '<!doctype html><p>text'],
  json: [200, { 'content-type': 'application/json' }, '{"a":[1]}'],
  form: [200, { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1&b=%C3%A9'],
  gzip: [200, { ...xml, 'content-encoding': 'gzip' }, gzipSync(plain)],
  bom: [200, xml, `\ufeff${plain}`],
  204: [204, {}, undefined],
  205: [205, {}, undefined],
  304: [304, { etag: '"1"' }, undefined],
  404: [404, { 'content-type': 'text/plain' }, 'not here'],
  500: [
    500,
    xml,
    plain.replace(/<echo>.*<\/echo>/, '<s:Fault><faultcode>s:Server</faultcode><faultstring>f</faultstring></s:Fault>'),
  ],
  empty: [200, xml, ''],
};

/** Answers the paths under /known/ and /unknown/, and says whether it did. */
export function echo(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [, kind, ending] = pathname.split('/');
  if (kind !== 'known' && kind !== 'unknown') return false;
  const asked = request.headers['access-control-request-headers'];
  const isPreflight = request.headers['access-control-request-method'] !== undefined;
  const cors = {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
    ...(isPreflight ? { 'access-control-allow-methods': methods, 'access-control-allow-headers': asked ?? '*' } : {}),
  };
  if (isPreflight) return response.writeHead(204, cors).end();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (ending === 'hang') return;
    if (ending === 'broken') return request.socket.resetAndDestroy();
    if (ending === 'redirect') return response.writeHead(302, { ...cors, location: `/${kind}/echo` }).end();
    if (ending === 'named') return response.writeHead(200, 'Very Well', { ...cors, ...xml, 'x-own': '1' }).end(plain);
    const heard = () => soap(Buffer.from(said(request, chunks)).toString('hex'));
    const [status, headers, body] = answers[ending] ?? [200, xml, heard()];
    response.writeHead(status, { ...cors, ...headers }).end(body);
  });
  return true;
}

// The boundary of a form, and its length, is another one each time. What a client adds to keep answers out of HTTP
// caches is left out.
function said({ method, url, headers }, chunks) {
  const [, boundary] = /boundary=(.*)$/.exec(headers['content-type'] ?? '') ?? [];
  const body = Buffer.concat(chunks).toString('latin1');
  const told = Object.entries(headers)
    .sort()
    .filter(([name]) => !caching.has(name) && !(boundary && name === 'content-length'));
  const text = JSON.stringify([method, url, told, body]);
  return boundary ? text.replaceAll(boundary, 'BOUNDARY') : text;
}
