// The demonstration of the package alone: a page, and a simulated platform whose endpoints fail as the page says.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isOurs, messageOf } from '../base/errors.js';
import { createDrillAuthority } from '../testing/authority.js';
import { startFaultServer } from '../testing/faultserver.js';
import type { Behaviour } from '../testing/types.js';

/** A running demonstration. */
export interface Demo {
  /** The address of the page. */
  readonly origin: string;
  close(): Promise<void>;
}

interface Endpoint {
  path: string;
  url: string;
  behaviour: Behaviour;
}

const catalogueFile = '/servicelist.xml';
// One service that consults, one with a cache, one that acts.
const kept = {
  strategy: 'ENDPOINT_FIRST',
  duration: 'P30D',
  stylesheet:
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/>' +
    '<xsl:template match="/"><xsl:value-of select="//*[local-name()=\'Value\']"/></xsl:template></xsl:stylesheet>',
} as const;
const published = [
  { functionality: 'insurability', id: 'uddi:ehealth-fgov-be:business:insurability:v2', path: '/insurability' },
  { functionality: 'encryption-known', id: 'uddi:ehealth-fgov-be:business:etkdepot:v1', path: '/etk', cache: kept },
  { functionality: 'eattest', id: 'uddi:ehealth-fgov-be:business:mycareneteattest:v2', path: '/eattest' },
];

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  map: 'application/json',
  wasm: 'application/wasm',
};
const dist = new URL('../', import.meta.url);

/** What the page shows and commands: the simulated platform. */
interface Platform {
  origin: string;
  state: () => unknown;
  /** Sets how an endpoint behaves. Errors: `bad-call`. */
  behave: (text: string) => void;
  close: () => Promise<void>;
}

async function startPlatform(): Promise<Platform> {
  const authority = createDrillAuthority();
  const platform = await startFaultServer();
  const endpointAt = (path: string): Endpoint => ({ path, url: platform.behave(path, 'ok'), behaviour: 'ok' });
  const services = published.map((service) => ({
    ...service,
    endpoints: ['main', 'recovery'].map((site) => endpointAt(`/${site}${service.path}`)),
  }));
  const list = authority.sign({
    version: 2,
    services: services.map(({ id, functionality, endpoints, cache }) => ({
      id,
      name: functionality,
      endpoints: endpoints.map(({ url }) => url),
      ...(cache && { cache }),
    })),
  });
  const given = { body: list, headers: { 'content-type': 'application/xml' } };
  const catalogue: Endpoint = { path: catalogueFile, url: platform.behave(catalogueFile, given), behaviour: 'ok' };
  const namespace = randomUUID(); // what an earlier demonstration left in the browser is another platform's
  const endpoints = [...services.flatMap((service) => service.endpoints), catalogue];

  const state = () => ({
    namespace,
    anchor: authority.anchor,
    catalogue,
    services: services.map(({ id, functionality, cache, endpoints }) => ({
      id,
      functionality,
      cached: cache !== undefined,
      endpoints,
    })),
    requests: Object.fromEntries(endpoints.map(({ path }) => [path, platform.seen(path).length])),
  });

  const behave = (text: string): void => {
    const { path, behaviour } = JSON.parse(text) as { path: string; behaviour: Behaviour };
    const endpoint = endpoints.find((one) => one.path === path);
    platform.behave(path, endpoint === catalogue && behaviour === 'ok' ? given : behaviour);
    if (endpoint) endpoint.behaviour = behaviour;
  };
  return { origin: platform.origin, state, behave, close: () => platform.close() };
}

/**
 * Starts the demonstration on loopback. It writes nothing and takes nothing from the network.
 *
 * @param port - Of the page; 0 for any. Errors: those of `listen`, for instance EADDRINUSE.
 */
export async function startDemo(port = 0): Promise<Demo> {
  const platform = await startPlatform();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    // A page of another site that got itself a name for this machine has no business here.
    if (!isLocal(request)) return void response.writeHead(403).end();
    if (pathname === '/state' && request.method === 'GET') return json(response, 200, platform.state());
    if (pathname === '/behave' && request.method === 'POST') {
      try {
        platform.behave(await textOf(request));
        return json(response, 200, platform.state());
      } catch (e) {
        return json(response, 400, { code: isOurs(e) ? e.code : 'bad-call', detail: messageOf(e) });
      }
    }
    const file = fileOf(pathname);
    if (!file || !/^(GET|HEAD)$/.test(request.method ?? '')) return void response.writeHead(404).end('not found');
    const body = await readFile(new URL(file, dist)).catch(() => undefined);
    if (!body) return void response.writeHead(404).end('not found');
    response.setHeader('content-security-policy', policy(platform.origin));
    response.writeHead(200, { 'content-type': types[file.slice(file.lastIndexOf('.') + 1)] }).end(body);
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (e) {
    await platform.close();
    throw e;
  }
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, platform.close()]);
    },
  };
}

/** The file of the package for a path: those of the page, and the modules and the wasm that it imports. */
function fileOf(pathname: string): string | undefined {
  if (pathname === '/') return 'demo/page/index.html';
  if (/^\/page\/[a-z]+\.(js|css)$/.test(pathname)) return `demo${pathname}`;
  const [, file] = /^\/dist\/((?:[a-z]+\/)?[\w-]+\.(?:js|js\.map|wasm))$/.exec(pathname) ?? [];
  return file;
}

// As strict as a hospital's page may be.
function policy(platform: string): string {
  return (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; base-uri 'none'; " +
    `form-action 'none'; frame-ancestors 'none'; connect-src 'self' ${platform}; ` +
    "require-trusted-types-for 'script'; trusted-types 'none'"
  );
}

function isLocal({ headers: { host, origin } }: IncomingMessage): boolean {
  const isOwn = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? '');
  return isOwn && (origin === undefined || origin === `http://${host}`);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const maxCommandBytes = 10_000;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > maxCommandBytes) throw new Error('the command is too long');
  }
  return text;
}
