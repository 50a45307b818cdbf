// What an application can ask of a fetch. Each probe asks and returns what it saw, as JSON; it runs in pages and in
// Node.

const soap = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q/></s:Body></s:Envelope>';
const post = (body, more = {}) => ({ method: 'POST', body, ...more });
const ask =
  (init, ending = 'echo') =>
  async ({ fetch, at }) =>
    seen(await fetch(at(ending), typeof init === 'function' ? init() : init));
const to =
  (address, init) =>
  async ({ fetch, at }) =>
    seen(await fetch(address(at), init));
const requested =
  (make, init) =>
  async ({ fetch, at }) =>
    seen(await fetch(make(at('echo')), init?.()));
const then =
  (use) =>
  async ({ fetch, at }) =>
    use(await fetch(at('echo'), { method: 'POST', body: soap }));
const streamOf = (...chunks) =>
  new ReadableStream({
    start(control) {
      for (const chunk of chunks) control.enqueue(chunk);
      control.close();
    },
  });
const octets = (text) => new TextEncoder().encode(text);
const cancelled =
  (abort, ending = 'hang') =>
  async ({ fetch, at }) => {
    const control = new AbortController();
    if (ending === 'echo') abort(control);
    const asked = fetch(at(ending), post(soap, { signal: control.signal }));
    if (ending === 'hang') setTimeout(() => abort(control), 30);
    return seen(await asked);
  };

/** All that a Response shows, and all that its clone shows. */
async function seen(response) {
  const copy = response.clone();
  const told = async (one) => ({
    type: one.type,
    url: one.url,
    redirected: one.redirected,
    status: one.status,
    ok: one.ok,
    words: one.statusText,
    headers: [...one.headers].filter(([name]) => name !== 'date'),
    hasBody: one.body !== null,
    used: one.bodyUsed,
    text: readable(await one.text()),
    usedThen: one.bodyUsed,
    is: one instanceof Response,
  });
  return { response: await told(response), copy: await told(copy) };
}

// What the server says it was asked.
function readable(text) {
  return text.replace(/<echo>([0-9a-f]+)<\/echo>/, (_, hex) =>
    new TextDecoder('latin1').decode(Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16))),
  );
}

const form = (...parts) => parts.reduce((all, part) => (all.append(...part), all), new FormData());

export const probes = {
  // Methods and bodies.
  GET: ask(),
  'GET with a query': ask(undefined, 'echo?a=b%20c'),
  HEAD: ask({ method: 'HEAD' }),
  'POST of text': ask(post(soap)),
  'POST of text that is no SOAP': ask(post('text')),
  'POST of nothing': ask(post('')),
  'POST without a body': ask({ method: 'POST' }),
  'POST of null': ask(post(null)),
  'POST of a number': ask(post(7)),
  'POST of half a character': ask(post('a\ud800b')),
  'POST of URLSearchParams': ask(() => post(new URLSearchParams({ a: 'é', b: '1 2' }))),
  'POST of a form': ask(() => post(form(['a', '1'], ['b', 'é']))),
  'POST of a form with a file': ask(() => post(form(['f', new Blob([soap], { type: 'text/xml' }), 'a "b".xml']))),
  'POST of a Blob with a type': ask(() => post(new Blob([soap], { type: 'text/xml' }))),
  'POST of a Blob without one': ask(() => post(new Blob([soap]))),
  'POST of an ArrayBuffer': ask(() => post(octets(soap).buffer)),
  'POST of a part of an array': ask(() => post(octets(`..${soap}`).subarray(2))),
  'POST of a DataView': ask(() => post(new DataView(octets(soap).buffer))),
  'POST of a stream': ask(() => post(streamOf(octets('<a>'), octets('</a>')), { duplex: 'half' })),
  'POST of a stream without duplex': ask(() => post(streamOf(octets('<a/>')))),
  'POST of a stream of texts': ask(() => post(streamOf('<a/>'), { duplex: 'half' })),
  'POST of a stream that breaks': ask(() =>
    post(new ReadableStream({ pull: (control) => control.error(new RangeError('mine')) }), { duplex: 'half' }),
  ),
  PUT: ask({ method: 'PUT', body: soap }),
  DELETE: ask({ method: 'DELETE' }),
  PATCH: ask({ method: 'PATCH', body: soap }),
  OPTIONS: ask({ method: 'OPTIONS' }),
  'a method in lower case': ask({ method: 'post', body: soap }),
  'patch in lower case, which stays': ask({ method: 'patch', body: soap }),
  TRACE: ask({ method: 'TRACE' }),
  'a method that is none': ask({ method: 'A B' }),
  'GET with a body': ask({ body: soap }),
  'GET with a body of nothing': ask({ body: '' }),
  'HEAD with a body': ask({ method: 'HEAD', body: soap }),
  // Headers.
  Headers: ask(() => post(soap, { headers: new Headers({ 'content-type': 'text/xml', soapaction: '"a:b"' }) })),
  'pairs of headers': ask(
    post(soap, {
      headers: [
        ['accept', 'text/xml'],
        ['x-a', '1'],
        ['x-a', '2'],
      ],
    }),
  ),
  'a record of headers': ask(post(soap, { headers: { 'Content-Type': 'application/soap+xml', 'X-B': '  c  ' } })),
  'a header that is forbidden': ask(post(soap, { headers: { 'proxy-authorization': 'a', 'sec-own': 'b' } })),
  'the name of a header that is none': ask(post(soap, { headers: { 'a b': '1' } })),
  'the value of a header that is none': ask(post(soap, { headers: { a: '1\n2' } })),
  // Requests.
  'a Request': requested((url) => new Request(url)),
  'a Request with a body': requested(
    (url) => new Request(url, post(soap, { headers: { 'content-type': 'text/xml' } })),
  ),
  'a Request, its method replaced': requested(
    (url) => new Request(url, post(soap)),
    () => ({ method: 'PUT' }),
  ),
  'a Request, its body replaced': requested(
    (url) => new Request(url, post('old')),
    () => ({ body: soap }),
  ),
  'a Request, its headers replaced': requested(
    (url) => new Request(url, { headers: { 'x-a': '1' } }),
    () => ({ headers: { 'x-b': '2' } }),
  ),
  'a Request with a form': requested((url) => new Request(url, post(form(['a', '1'])))),
  'a Request with a fragment': requested((url) => new Request(`${url}#part`)),
  'a Request in the place of the options': ask(
    () => new Request('http://127.0.0.1/', { method: 'DELETE', headers: { 'x-a': '1' } }),
  ),
  'null in the place of the options': ask(null),
  'a Request that was used': async ({ fetch, at }) => {
    const request = new Request(at('echo'), post(soap));
    await request.text();
    return seen(await fetch(request));
  },
  'a Request is used then': async ({ fetch, at }) => {
    const request = new Request(at('echo'), post(soap));
    await fetch(request);
    return request.bodyUsed;
  },
  'a Request and its clone': async ({ fetch, at }) => {
    const request = new Request(at('echo'), post(soap));
    const copy = request.clone();
    return [await seen(await fetch(request)), await seen(await fetch(copy))];
  },
  'a Request that was aborted': requested(
    (url) => new Request(url, { signal: AbortSignal.abort(new RangeError('mine')) }),
  ),
  // Answers.
  204: ask({}, '204'),
  205: ask({}, '205'),
  304: ask({}, '304'),
  '304 to a condition': ask({ headers: { 'if-none-match': '"1"' } }, '304'),
  404: ask({}, '404'),
  'a fault with 500': ask(post(soap), '500'),
  'an empty answer': ask({}, 'empty'),
  'words of a status and a header': ask(post(soap), 'named'),
  'a page in the place of an answer': ask({}, 'html'),
  'a compressed answer': ask(post(soap), 'gzip'),
  'a byte order mark': ask(post(soap), 'bom'),
  'a connection that breaks': ask(post(soap, { bcp: { repeat: 'yes' } }), 'broken'),
  json: async ({ fetch, at }) => (await fetch(at('json'))).json(),
  'json of what is none': then((response) => response.json()),
  formData: async ({ fetch, at }) => [...(await (await fetch(at('form'))).formData())],
  'a Blob': then(async (response) => (await response.blob()).type),
  bytes: then(async (response) => readable(new TextDecoder().decode(await response.arrayBuffer()))),
  'text twice': then(async (response) => [await response.text(), await response.text()]),
  'a clone of what was read': then(async (response) => (await response.text(), response.clone())),
  'a clone of a clone': then(async (response) => {
    const { type, url, redirected } = response.clone().clone();
    return { type, url, redirected };
  }),
  'a body, chunk by chunk': then(async (response) => {
    let length = 0;
    const reader = response.body.getReader();
    for (let one = await reader.read(); !one.done; one = await reader.read()) length += one.value.length;
    return { length, used: response.bodyUsed };
  }),
  'a body that is cancelled': then(async (response) => {
    await response.body.cancel();
    return response.bodyUsed;
  }),
  'headers are read only': then((response) => response.headers.set('x-a', '1')),
  'what a Response is made of': then((response) => [
    String(response),
    Object.keys(response),
    Object.getPrototypeOf(response) === Response.prototype,
  ]),
  // Modes, credentials, caches, redirects.
  'credentials left out': ask(post(soap, { credentials: 'omit' })),
  'credentials sent along': ask(post(soap, { credentials: 'include' })),
  'mode no-cors': async ({ fetch, at }) => {
    const { type, status, url } = await fetch(at('echo'), { mode: 'no-cors' });
    return { type, status, url };
  },
  'mode same-origin': ask(post(soap, { mode: 'same-origin' })),
  'a mode that is none': ask({ mode: 'own' }),
  'cache no-store': ask({ cache: 'no-store' }),
  'cache reload': ask({ cache: 'reload' }),
  'cache only-if-cached': ask({ cache: 'only-if-cached', mode: 'same-origin' }),
  'a redirect': ask({}, 'redirect'),
  'a redirect that may be followed': ask({ redirect: 'follow' }, 'redirect'),
  'a redirect that may not': ask({ redirect: 'error' }, 'redirect'),
  'a redirect by hand': async ({ fetch, at }) => {
    const { type, status } = await fetch(at('redirect'), { redirect: 'manual' });
    return { type, status };
  },
  'no referrer': ask(post(soap, { referrer: '', referrerPolicy: 'no-referrer' })),
  'a hash that is another': ask({ integrity: `sha256-${'A'.repeat(43)}=` }),
  'kept alive': ask(post(soap, { keepalive: true })),
  // Cancelled calls.
  'cancelled before': cancelled((control) => control.abort(), 'echo'),
  'cancelled before, with an Error': cancelled((control) => control.abort(new RangeError('mine')), 'echo'),
  cancelled: cancelled((control) => control.abort()),
  'cancelled with an Error': cancelled((control) => control.abort(new RangeError('mine'))),
  'cancelled with a text': cancelled((control) => control.abort('mine')),
  'cancelled by the clock': async ({ fetch, at }) => seen(await fetch(at('hang'), { signal: AbortSignal.timeout(30) })),
  'no signal': ask({ signal: null }),
  'a signal that is none': ask({ signal: {} }),
  'cancelled after the answer': async ({ fetch, at }) => {
    const control = new AbortController();
    const response = await fetch(at('echo'), { signal: control.signal });
    const text = await response.text();
    control.abort();
    return readable(text);
  },
  // Addresses.
  'a URL': to((at) => new URL(at('echo'))),
  'what turns into text': to((at) => ({ toString: () => at('echo') })),
  'a fragment': to((at) => `${at('echo')}#part`),
  'blanks around': to((at) => ` ${at('echo')}\n`),
  'a step back': to((at) => at('echo').replace(/(known\/|unknown\/)/, 'x/../$1')),
  'a scheme in upper case': to((at) => at('echo').replace('http:', 'HTTP:')),
  'from the root': to((at) => new URL(at('echo')).pathname),
  'without the scheme': to((at) => at('echo').replace('http:', '')),
  'without a slash before': to((at) => `../../../..${new URL(at('echo')).pathname}`),
  'a path that begins with a name': to((at) => `x/../../../../..${new URL(at('echo')).pathname}`),
  'with a password': to((at) => at('echo').replace('//', '//a:b@')),
  'no host': to(() => 'http://'),
  'no address at all': to(() => ''),
  'another scheme': to(() => 'ftp://127.0.0.1/'),
  data: to(() => 'data:text/plain,a'),
};

/**
 * Where a client's fetch answers otherwise than fetch, and why: docs/application.md has each reason in the same words.
 *
 * Shape: `always` for every address, `known` for those that the catalogue has, `elsewhere` for those of another origin
 * among them; the name of an engine for what is so only there, at known addresses.
 */
export const differences = {
  'a failure has a code': {
    known: [
      'a connection that breaks',
      'patch in lower case, which stays',
      'a redirect that may not',
      'a hash that is another',
    ],
    elsewhere: ['credentials sent along', 'mode same-origin', 'cache only-if-cached'],
  },
  'a cancelled call has a code': {
    always: ['a Request that was aborted', 'cancelled before', 'cancelled before, with an Error'],
    known: ['cancelled', 'cancelled with an Error', 'cancelled with a text', 'cancelled by the clock'],
  },
  'only the service answers': { known: ['an empty answer', 'a page in the place of an answer'] },
  'a redirect is not followed': { known: ['a redirect'] },
  'a stream is sent as bytes': {
    known: [
      'POST of a stream',
      'POST of a stream without duplex',
      'POST of a stream of texts',
      'POST of a stream that breaks',
    ],
  },
  'an address is an address': { always: ['what turns into text', 'no address at all', 'another scheme'] },
  // Whether the type of a Blob has its parameters depends on how WebKit got the body: the same from time to time.
  WebKit: { 'webkit, at times': ['a Blob'] },
};

/** Runs a probe with a fetch, at the addresses under `base`. */
export async function probe(name, fetch, base) {
  const at = (ending) => `${base}/${ending}`;
  try {
    return { value: JSON.parse(JSON.stringify((await probes[name]({ fetch, at })) ?? null)) };
  } catch (e) {
    return { error: typeof e === 'object' ? e.name : e, code: e.code };
  }
}
