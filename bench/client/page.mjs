import { compile, instantiate } from '../../dist/core/host.js';
import { createBcpClient } from '../../dist/index.js';
import { crossings, overhead } from './measure.mjs';

const bytes = (text) => new TextEncoder().encode(text);

const makeClient = (options) => createBcpClient({ ...options, wasm: '/bcp.wasm' });

globalThis.bench = {
  async overhead(options, service, endpoint, init) {
    const client = makeClient(options);
    await client.preload();
    const result = await overhead({ client, service, endpoint, init });
    client.close();
    return result;
  },

  /** So many calls at once, by plain fetch or by the client: how long until all are answered, and how many are. */
  async burst(options, target, init, calls, who) {
    const client = who === 'plain' ? { fetch: (...args) => fetch(...args) } : makeClient(options);
    await client.preload?.();
    const started = performance.now();
    const texts = await Promise.allSettled(
      Array.from({ length: calls }, async () => (await client.fetch(target, init)).text()),
    );
    const tookMs = performance.now() - started;
    client.close?.();
    const failed = texts.find(({ status }) => status === 'rejected');
    return {
      tookMs,
      answered: texts.filter(({ status }) => status === 'fulfilled').length,
      why: failed && String(failed.reason),
    };
  },

  async crossings({ catalogue, anchor, service, answer }) {
    const core = await instantiate(await compile('/bcp.wasm'));
    return crossings({ core, catalogue: bytes(catalogue), anchor: bytes(anchor), service, answer: bytes(answer) });
  },

  /** From a call on a fresh page to its answer, in ms. */
  async firstCall(options, service, init) {
    const { persistent, ...cache } = options.cache;
    const client = createBcpClient({
      ...options,
      wasm: '/bcp.wasm',
      cache: { ...cache, persistent: { ...persistent, secret: () => persistent.secret } },
    });
    const started = performance.now();
    const response = await client.fetch(service, init);
    await response.text();
    const tookMs = performance.now() - started;
    const { source } = client.provenance(response);
    client.close();
    return { tookMs, source };
  },
};
