import { readBody } from '../base/body.js';
import { limited } from '../base/timing.js';
import type { CatalogueSource, ServiceState } from '../types.js';
import { wasNotSent } from './proof.js';
import { type Call, baseOf } from './request.js';

const statesAfterMs = 15_000; // the house's states are asked for again
const statesTimeoutMs = 1_000; // a call waits for them so long at most
const maxStatesBytes = 4 << 20; // the states of 2,000 services are 0.5 MB

/** The application's own gateway, `bcp serve`. Source: docs/design.md#gateway. */
export class Gateway {
  readonly #base: string;
  readonly #fetch: typeof fetch;
  #askedAt = -Infinity;

  constructor(base: string | URL, fetch: typeof globalThis.fetch) {
    this.#base = String(base).replace(/\/?$/, '/');
    this.#fetch = fetch;
  }

  get catalogue(): CatalogueSource {
    return { url: `${this.#base}servicelist.xml`, hint: `${this.#base}servicelist.sha2` };
  }

  /** The address that stands for an endpoint. */
  readonly addressOf = (endpoint: string): string => `${this.#base}endpoint?url=${encodeURIComponent(endpoint)}`;

  /**
   * Sends a call that no catalogue protects: the gateway knows the endpoints. What it refuses by itself goes out as it
   * is, and so does what it never got: where it is not, a web server says 404, or answers with the page of the
   * application.
   */
  async plain(call: Call): Promise<Response> {
    const { origin } = new URL(call.target, baseOf());
    if (origin === globalThis.location?.origin) return call.plain(); // the application's own
    let response;
    try {
      response = await call.send(this.addressOf(call.target), call.signal, { endpoint: call.target, attempt: 1 });
    } catch (e) {
      if (/^(GET|HEAD)$/.test(call.method) || wasNotSent(e)) return call.plain(); // the gateway is down
      throw e;
    }
    const { headers, status, ok } = response;
    const isPage = /^text\/html/.test(headers.get('content-type') ?? '');
    const isElsewhere = !headers.has('x-bcp-endpoint') && (/^40[45]$/.test(String(status)) || (ok && isPage));
    const isRefused = headers.get('x-bcp-not-sent') === '1' && headers.has('x-bcp-code');
    return isRefused || isElsewhere ? call.plain() : response;
  }

  /** What the house saw of the endpoints, by service; nothing when it was asked a moment ago, or does not say. */
  async states(): Promise<Record<string, ServiceState>> {
    if (performance.now() - this.#askedAt < statesAfterMs) return {};
    this.#askedAt = performance.now();
    const asked = await limited(statesTimeoutMs, undefined, async (signal) => {
      const response = await this.#fetch(`${this.#base}states`, { cache: 'no-store', signal });
      if (!response.ok) return {};
      const text = new TextDecoder().decode(await readBody(response, maxStatesBytes));
      return Object(JSON.parse(text)) as Record<string, ServiceState>;
    });
    return asked.how === 'done' ? asked.value : {}; // a call that fails says it itself
  }
}
