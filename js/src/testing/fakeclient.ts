// A client that plays: what component tests give to their code in the place of createBcpClient.
import { check, checkShape } from '../base/check.js';
import { BcpError } from '../base/errors.js';
import * as want from '../base/kinds.js';
import type {
  BcpClient,
  BcpEvent,
  BcpRequestInit,
  ClientStatus,
  Guidance,
  ProcedureOverview,
  Provenance,
} from '../types.js';
import { checkFakeAnswer } from './shapes.js';
import { soapAnswer } from './soap.js';
import type { FakeAnswer, FakeCall, FakeClient, FakeOptions } from './types.js';

const days = 24 * 60 * 60_000;

/**
 * Makes a client that loads no wasm and sends nothing: each call gets the answer that the test set, with the
 * provenance, or the error, that a real client would give. In Node and in browsers.
 *
 * Shape: a call that no answer was set for is answered by the main endpoint, with a SOAP Envelope. A set answer holds
 * for every call of its target until another is set. Methods work detached, as those of a real client.
 * Errors: `bad-call` for what no client would say.
 */
export function createFakeClient(options: FakeOptions = {}): FakeClient {
  checkShape('options', options, {
    'answers?': want.object,
    'status?': want.object,
    'procedures?': want.object,
  });
  const answers = new Map<string, FakeAnswer>();
  const calls: FakeCall[] = [];
  const provenances = new WeakMap<Response | Request, Provenance>();
  const listeners = new Set<(event: BcpEvent) => void>();
  let isClosed = false;

  const tell: FakeClient['tell'] = (event) => {
    for (const listener of listeners) listener({ atMs: Date.now(), ...event } as BcpEvent);
  };
  const set: FakeClient['answer'] = (target, answer) => {
    check('target', target, want.text);
    checkFakeAnswer(answer);
    answers.set(target, answer);
  };
  const mustBeOpen = (): void => {
    if (isClosed) throw new BcpError('closed', 'the client is closed');
  };

  async function fetch(target: string | URL | Request, init: BcpRequestInit = {}): Promise<Response> {
    mustBeOpen();
    check('target', target, want.target);
    const { bcp, ...rest } = init;
    const request = target instanceof Request ? new Request(target, rest) : undefined;
    const name = request?.url ?? String(target);
    const signal = request?.signal ?? rest.signal;
    if (signal?.aborted) throw abortedBy(signal);
    const own = await bcp?.body?.({ endpoint: mainOf(name), attempt: 1 });
    const body = request ? await request.text() : await new Response(own ?? rest.body ?? null).text();
    calls.push({ target: name, method: request?.method ?? rest.method ?? 'GET', body, ...(bcp && { bcp }) });
    const answer = answers.get(name) ?? {};
    await untilAnswered(answer.delayMs ?? 0, signal);
    if (answer.code) throw new BcpError(answer.code, `the test said ${answer.code}`, undefined, answer.tried ?? []);
    const { status = 200, text = soapAnswer('<Answer xmlns="urn:drill"></Answer>'), headers } = answer;
    const isBodiless = [204, 205, 304].includes(status);
    const given = { 'content-type': 'text/xml; charset=utf-8', ...headers };
    const response = new Response(isBodiless ? null : text, { status, headers: given });
    const provenance = provenanceOf(name, answer);
    for (const one of [response, target]) if (typeof one === 'object') provenances.set(one as Response, provenance);
    return response;
  }

  const status = async (): Promise<ClientStatus> => ({
    phase: isClosed ? 'closed' : 'ready',
    services: [],
    sends: [],
    storage: 'memory',
    leader: true,
    ...options.status,
  });
  const overview = (): ProcedureOverview => options.procedures ?? { overall: 'unused', items: [] };

  for (const [target, answer] of Object.entries(options.answers ?? {})) set(target, answer);
  const client: Omit<FakeClient, keyof Disposable> = {
    calls,
    answer: set,
    tell,
    fetch,
    status,
    provenance: (of) => provenances.get(of),
    subscribe(listener) {
      check('listener', listener, want.callback);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async refresh() {
      mustBeOpen();
      return 'unchanged';
    },
    async preload() {
      mustBeOpen();
    },
    async clear() {
      tell({ type: 'cleared' });
    },
    async procedure(functionality, lang) {
      return overview().items.find((item) => item.functionality === functionality) ?? guidanceOf(functionality, lang);
    },
    procedures: async () => overview(),
    exportLog: async () => JSON.stringify({ status: await status(), events: [] }),
    close() {
      isClosed = true;
      listeners.clear();
    },
  };
  if (Symbol.dispose) Object.defineProperty(client, Symbol.dispose, { value: client.close });
  return client as FakeClient;
}

// What BcpClient has of it where the compiler knows the symbol.
type Disposable = Pick<BcpClient, keyof BcpClient & symbol>;

const mainOf = (target: string): string => (/^https?:/.test(target) ? target : 'https://main.invalid/');

function provenanceOf(target: string, answer: FakeAnswer): Provenance {
  const service = answer.service ?? target;
  const { endpoint = mainOf(target), exhausted, storedAt = new Date(), expired = false } = answer;
  if (answer.source !== 'cache') {
    const attempts = answer.attempts ?? 1;
    return { source: 'network', service, endpoint, attempts, ...(exhausted && { exhausted }) };
  }
  const validUntil = answer.validUntil ?? new Date(storedAt.getTime() + (expired ? -1 : 30 * days));
  return { source: 'cache', service, attempts: answer.attempts ?? 2, storedAt, validUntil, expired };
}

function guidanceOf(functionality: string, lang: string): Guidance {
  const lastResort = [`What to do without ${functionality}.`];
  const source = { publisher: 'the test', title: functionality };
  return { functionality, lang, title: functionality, lastResort, source };
}

function untilAnswered(delayMs: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      if (signal?.aborted) reject(abortedBy(signal));
      else resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done);
  });
}

function abortedBy({ reason }: AbortSignal): BcpError {
  const error = new BcpError('aborted', 'the caller cancelled the call', reason);
  const name: unknown = (Object(reason) as { name?: unknown }).name;
  error.name = typeof name === 'string' ? name : 'AbortError';
  return error;
}
