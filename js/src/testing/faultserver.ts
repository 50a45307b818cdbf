import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { checkBehaviour, checkPath } from './shapes.js';
import { soapAnswer, soapFault } from './soap.js';
import type { Behaviour, FaultServer, Seen } from './types.js';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, content-type, soapaction, authorization',
  'access-control-allow-methods': '*, GET, POST, PUT, DELETE',
};

/** Starts a fault server. Close it. */
export async function startFaultServer(): Promise<FaultServer> {
  const behaviours = new Map<string, Behaviour>();
  let log: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const behaviour = behaviours.get(path);
      if (request.method === 'OPTIONS')
        return void response.writeHead(behaviour === 'no-preflight' ? 403 : 204, cors).end();
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
    close: () =>
      new Promise((resolve) => {
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
    case 'ok':
      return void response.writeHead(200, { ...cors, ...xml }).end(answer);
    case 'business-fault':
      return void response.writeHead(500, { ...cors, ...xml }).end(soapFault('BUSINESS-1'));
    case 'switch-fault':
      return void response.writeHead(500, { ...cors, ...xml }).end(soapFault('SOA-02001'));
    case 'unavailable':
      return void response.writeHead(503, cors).end('unavailable');
    case 'unavailable-no-cors':
      return void response.writeHead(503).end('unavailable');
    case 'no-cors':
    case 'no-preflight':
      return void response.writeHead(200, xml).end(answer);
    case 'html':
      return void response
        .writeHead(200, { ...cors, 'content-type': 'text/html' })
        .end('<!doctype html><p>Please log in');
    case 'reset':
      return void request.socket.resetAndDestroy();
    case 'hang':
      return;
    case 'stall':
      return void response.writeHead(200, { ...cors, ...xml }).write(half);
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
