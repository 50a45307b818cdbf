// The types, as compilers read them, and what the checkers of packages say.

const source = `import { type BcpEvent, createBcpClient, isBcpError } from 'ehealth-bcp';
import { integrity } from 'ehealth-bcp/integrity';
import { fileStore } from 'ehealth-bcp/node';
import { installServiceWorker } from 'ehealth-bcp/service-worker';
import { createBcpClient as createSlimClient } from 'ehealth-bcp/slim';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { createDrillAuthority, startFaultServer } from 'ehealth-bcp/testing';
import { wasm } from 'ehealth-bcp/wasm';

const bcp = createBcpClient({
  environment: 'Production',
  catalogue: '/bcp/servicelist.xml',
  anchors: [new Uint8Array(3)],
  wasmIntegrity: integrity,
});
const request: typeof fetch = bcp.fetch;
bcp.subscribe((event: BcpEvent) => event.type === 'unprotected' && console.error(event.code));
document.querySelector('bcp-status')!.client = bcp;
export const all = [fileStore, installServiceWorker, createSlimClient, createDrillAuthority, startFaultServer, wasm];
export const more = [isBcpError, defineBcpStatus, request];
`;

const compilers = [
  ['5.0', 'typescript50'],
  ['5.4', 'typescript54'],
  ['5.9', 'typescript'],
  ['7', 'typescript7'],
];
const settings = {
  bundler: { module: 'ESNext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};

const compiled = compilers.flatMap(([version, tool]) =>
  Object.entries(settings).map(([name, setting]) => ({
    name: `TypeScript ${version}, ${name}`,
    async run(app) {
      const compilerOptions = {
        target: 'ES2022',
        lib: ['ES2022', 'DOM', 'DOM.Iterable'],
        types: [],
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        ...setting,
      };
      app.write({ 'main.ts': source, 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['main.ts'] }) });
      await app.tool(`${tool}/tsc`, ['-p', '.']);
      return { note: 'compiles, skipLibCheck false' };
    },
  })),
);

const checkers = [
  {
    name: 'publint, strict',
    async run(app) {
      await app.tool('publint', ['run', app.tarball, '--strict']);
      return { note: 'no finding' };
    },
  },
  {
    name: 'Are the types wrong, strict',
    async run(app) {
      await app.tool('@arethetypeswrong/cli', [
        app.tarball,
        '--profile',
        'esm-only',
        '--exclude-entrypoints',
        'bcp.wasm',
      ]);
      return { note: 'no finding, profile esm-only' };
    },
  },
];

export const types = [...compiled, ...checkers];
