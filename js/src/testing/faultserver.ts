import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { checkBehaviour, checkPath, checkText } from './shapes.js';

/** How an endpoint behaves. */
export type Behaviour =
  | 'ok' // 200, a SOAP answer
  | 'business-fault' // 500, a SOAP fault that is an answer
  | 'switch-fault' // 500, a SOAP fault that asks to use another endpoint
  | 'unavailable' | 'unavailable-no-cors' // 503
  | 'no-cors' | 'no-preflight' // 200 that a browser does not show, or does not ask for
  | 'reset' // the connection breaks before the answer
  | 'hang' // no answer
  | 'stall' // headers and half a body, then nothing
  | 'cut' | 'cut-chunked' // half a body, then the connection breaks
  | 'html' // 200, the page of a proxy
  | Answer;

/** A plain answer. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** What came in. */
export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A server on loopback whose paths fail on command. */
export interface FaultServer {
  /** For instance `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** An endpoint where nothing listens, and one where TLS fails. */
  readonly refused: string;
  readonly brokenTls: string;
  /**
   * Sets how a path behaves from now on. A path that was never set answers 404. Returns its URL. Errors: `bad-call` for a
   * behaviour that does not exist and for a path with a query.
   */
  behave(path: string, behaviour: Behaviour): string;
  /** Requests that reached a path since the start or the last `forget`, preflights left out. */
  seen(path: string): Seen[];
  forget(): void;
  close(): Promise<void>;
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, content-type, soapaction, authorization',
  'access-control-allow-methods': '*, GET, POST, PUT, DELETE',
  'access-control-expose-headers': '*',
};

/** A SOAP 1.1 answer around a payload. */
export function soapAnswer(payload: string): string {
  checkText('payload', payload);
  return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${payload}</soap:Body></soap:Envelope>`;
}

/** A SOAP 1.1 fault; `code` in its detail says whether to use another endpoint, for instance SOA-02001. */
export function soapFault(code: string): string {
  checkText('code', code);
  return soapAnswer('<soap:Fault><faultcode>soap:Server</faultcode><faultstring>fault</faultstring>'
    + `<detail><e:SystemError xmlns:e="urn:be:fgov:ehealth:errors:soa:v1"><Code>${code}</Code></e:SystemError></detail></soap:Fault>`);
}

/** Starts a fault server. Close it. */
export async function startFaultServer(): Promise<FaultServer> {
  const behaviours = new Map<string, Behaviour>();
  let log: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const behaviour = behaviours.get(path);
      if (request.method === 'OPTIONS') return void response.writeHead(behaviour === 'no-preflight' ? 403 : 204, cors).end();
      const body = await bodyOf(request);
      log.push({ method: request.method ?? '', path, headers: request.headers, body });
      perform(behaviour ?? { status: 404, body: 'not found' }, path, request, response);
    })().catch(() => response.destroy());
  });
  const port = await listen(server);
  const closed = createPlainServer();
  const refusedPort = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    refused: `http://127.0.0.1:${refusedPort}/refused`,
    brokenTls: `https://localhost:${port}/tls`,
    behave(path, behaviour) {
      checkPath(path);
      checkBehaviour(behaviour);
      behaviours.set(path, behaviour);
      return origin + path;
    },
    seen(path) {
      checkPath(path);
      return log.filter((request) => request.path === path);
    },
    forget() {
      log = [];
    },
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

function perform(behaviour: Behaviour, path: string, request: IncomingMessage, response: ServerResponse): void {
  const xml = { 'content-type': 'text/xml; charset=utf-8' };
  const answer = soapAnswer(`<Answer xmlns="urn:drill">${path}</Answer>`);
  const half = answer.slice(0, answer.length / 2);
  if (typeof behaviour === 'object') {
    const { status = 200, headers = {}, body = '' } = behaviour;
    return void response.writeHead(status, { ...cors, ...headers }).end(body);
  }
  switch (behaviour) {
    case 'ok': return void response.writeHead(200, { ...cors, ...xml }).end(answer);
    case 'business-fault': return void response.writeHead(500, { ...cors, ...xml }).end(soapFault('BUSINESS-1'));
    case 'switch-fault': return void response.writeHead(500, { ...cors, ...xml }).end(soapFault('SOA-02001'));
    case 'unavailable': return void response.writeHead(503, cors).end('unavailable');
    case 'unavailable-no-cors': return void response.writeHead(503).end('unavailable');
    case 'no-cors': case 'no-preflight': return void response.writeHead(200, xml).end(answer);
    case 'html': return void response.writeHead(200, { ...cors, 'content-type': 'text/html' }).end('<!doctype html><p>Please log in');
    case 'reset': return void request.socket.resetAndDestroy();
    case 'hang': return;
    case 'stall': return void response.writeHead(200, { ...cors, ...xml }).write(half);
    case 'cut':
      response.writeHead(200, { ...cors, ...xml, 'content-length': answer.length });
      return void response.write(half, () => request.socket.end());
    case 'cut-chunked':
      response.writeHead(200, { ...cors, ...xml });
      return void response.write(half, () => request.socket.end());
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function listen(server: ReturnType<typeof createPlainServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
