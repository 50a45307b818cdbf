// What the tests call in a page, as `test`. Everything that goes in and out is JSON.
const globalsBefore = new Set(Object.getOwnPropertyNames(globalThis));
const violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  // which a browser with a window asks for by itself
  if (!blockedURI.endsWith('/favicon.ico')) violations.push(violatedDirective);
});

const bcp = await import('../../../../dist/index.js');
const { dump } = await import('../../lib/idb.mjs');

const clients = new Map();
const events = new Map();

const test = {
  /** Makes a client under a name. `user` and `secret` make its cache persistent. */
  make(name, options) {
    const { user, secret, rewrite, ...rest } = options;
    if (user) rest.cache = { ...rest.cache, persistent: { user, secret: () => secret } };
    if (rewrite) rest.rewrite = (endpoint) => rewrite[endpoint] ?? endpoint;
    const log = [];
    events.set(name, log);
    clients.set(name, bcp.createBcpClient({ ...rest, log: (event) => log.push({ ...event, heardAtMs: Date.now() }) }));
  },

  /** Calls, and tells what came of it. */
  async ask(name, target, init) {
    const client = clients.get(name);
    const started = performance.now();
    try {
      const response = await client.fetch(target, init);
      const text = await response.text();
      return {
        status: response.status,
        text,
        tookMs: performance.now() - started,
        ...JSON.parse(JSON.stringify(client.provenance(response))),
      };
    } catch (e) {
      if (!bcp.isBcpError(e)) throw e;
      return { code: e.code, tried: e.tried };
    }
  },

  call: async (name, method, ...args) => clients.get(name)[method](...args),
  preload: (name) =>
    clients
      .get(name)
      .preload()
      .then(
        () => 'ok',
        (e) => e.code,
      ),
  events: (name) => events.get(name),
  has: (name) => clients.has(name),
  close(name) {
    clients.get(name).close();
    clients.delete(name);
  },

  /** Resolves with the moment when the service of the client is failed over. */
  async failedOver(name) {
    for (;;) {
      const { services } = await clients.get(name).status();
      if (services[0].health.failedOver) return Date.now();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },

  async verify(url, anchors, at) {
    const catalogue = await (await fetch(url)).arrayBuffer();
    return bcp.verify(catalogue, { anchors, at: new Date(at) }).then(
      (verdict) => verdict,
      (e) => ({ code: e.code }),
    );
  },

  /** Runs the vectors of testdata/ here. */
  async vectors() {
    const { runVectors } = await import('../../lib/vectors.mjs');
    const { Program } = await import('/dist/core/program.js');
    const program = await Program.start(await WebAssembly.compileStreaming(fetch('/dist/bcp.wasm')));
    const results = await runVectors(
      (...parts) => program.call(...parts),
      async (path) => new Uint8Array(await (await fetch(`/testdata/${path}`)).arrayBuffer()),
    );
    return results.map(({ name, replies }) => [name, replies]);
  },

  dump,

  /** Runs every probe with fetch and with the client's: see lib/probes.mjs. */
  async probes(name, base) {
    const { probe, probes } = await import('../../lib/probes.mjs');
    const { fetch: own } = clients.get(name);
    const found = [];
    for (const one of Object.keys(probes)) {
      const native = await probe(one, (...args) => fetch(...args), base);
      found.push({ name: one, native, own: await probe(one, own, base) });
    }
    const knows = await own(`${base}/echo`).then(
      (response) => clients.get(name).provenance(response).service !== undefined,
    );
    return { found, knows };
  },

  violations: () => violations,
  newGlobals: () =>
    Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.has(name) && name !== 'test'),

  /** Breaks IndexedDB in one way. */
  breakStorage(how) {
    const refuse = (name) => () => {
      throw new DOMException('broken by the test', name);
    };
    switch (how) {
      case 'quota':
        IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = refuse('QuotaExceededError');
        break;
      case 'denied':
        IDBFactory.prototype.open = refuse('SecurityError');
        break;
      case 'silent':
        IDBFactory.prototype.open = () => new EventTarget();
        break;
      case 'closing':
        IDBDatabase.prototype.transaction = refuse('InvalidStateError');
        break;
      case 'absent':
        Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
        break;
    }
  },

  async deleteDatabases() {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = resolve;
        request.onerror = () => reject(request.error);
      });
    }
  },

  /** Whether IndexedDB and Cache Storage hold the same catalogue. */
  async holdsCatalogue() {
    const held = [];
    for (const { name } of await indexedDB.databases()) {
      if (name.endsWith(':answers')) continue;
      const db = await settled(indexedDB.open(name));
      held.push(await settled(db.transaction('catalogue').objectStore('catalogue').get('current')));
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const entry of await cache.matchAll()) held.push({ octets: new Uint8Array(await entry.arrayBuffer()) });
    }
    return held.length === 2 && String(held[0]?.octets) === String(held[1].octets);
  },

  /** Changes one byte of the stored catalogue. */
  async damageCatalogue() {
    for (const { name } of await indexedDB.databases()) {
      if (name.endsWith(':answers')) continue;
      const db = await settled(indexedDB.open(name));
      const records = db.transaction('catalogue', 'readwrite').objectStore('catalogue');
      const record = await settled(records.get('current'));
      record.octets[record.octets.indexOf(0x49 /* I, of INACTIVE */, 400)] ^= 8;
      await settled(records.put(record, 'current'));
      db.close();
    }
  },

  async register(script) {
    const registration = await navigator.serviceWorker.register(script, { type: 'module' });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    }
    return registration.scope;
  },

  /** Plain fetch, as an application's own library does it. */
  async plain(url, init) {
    try {
      const response = await fetch(url, init);
      const headers = Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('x-bcp-')));
      return { status: response.status, text: await response.text(), headers };
    } catch (e) {
      return { error: e.name };
    }
  },

  xhr: (url, body) =>
    new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      xhr.open('POST', url);
      xhr.onload = () =>
        resolve({ status: xhr.status, text: xhr.responseText, source: xhr.getResponseHeader('x-bcp-source') });
      xhr.onerror = () => resolve({ error: 'network' });
      xhr.send(body);
    }),
};
globalThis.test = test;

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
