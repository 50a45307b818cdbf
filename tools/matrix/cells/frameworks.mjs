// Frameworks that bring their own server.

const next = {
  'app/layout.js':
    'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
  'app/client/page.js': `'use client';
import { useEffect } from 'react';
import * as bcp from 'ehealth-bcp';
import { ask } from '../../ask.js';
export default function Page() {
  useEffect(() => { ask(bcp, globalThis.stage).then((answer) => { globalThis.answer = answer; }); }, []);
  return <p>client</p>;
}
`,
  'app/server/page.js': `import * as bcp from 'ehealth-bcp';
import { ask } from '../../ask.js';
export const dynamic = 'force-dynamic';
export default async function Page() {
  const answer = JSON.stringify(await ask(bcp, JSON.parse(process.env.BCP_STAGE)));
  return <script dangerouslySetInnerHTML={{ __html: 'globalThis.answer = ' + answer }} />;
}
`,
  'app/route/route.js': `import * as bcp from 'ehealth-bcp';
import { ask } from '../../ask.js';
export const dynamic = 'force-dynamic';
export async function GET() {
  return Response.json(await ask(bcp, JSON.parse(process.env.BCP_STAGE)));
}
`,
};

/** The three places of a Next application where a call is made; the first that fails is the answer. */
async function askNext(app, address) {
  const client = await app.page(address, 'client');
  const server = await app.page(address, 'server');
  const route = await (await fetch(`${address}route`)).json();
  for (const [name, answer] of Object.entries({ client, server, route })) {
    if (answer.endpoint !== app.stage.second) return { error: `${name}: ${answer.error ?? JSON.stringify(answer)}` };
  }
  return client;
}

const nextCells = [
  ['Next 16, dev', undefined],
  ['Next 16, build by Turbopack', ['build']],
  ['Next 16, build by webpack', ['build', '--webpack']],
].map(([name, build]) => ({
  name: `${name}: client, server component, route handler`,
  async run(app) {
    app.write(next);
    if (build) await app.tool('next', build);
    const command = build ? 'start' : 'dev';
    return askNext(app, await app.start('next', (port) => [command, '-p', String(port), '-H', '127.0.0.1']));
  },
}));

const svelte = {
  'vite.config.js': `import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
export default { plugins: [sveltekit({ adapter: adapter({ precompress: false }) })] };
`,
  'src/app.html': '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n',
  'src/routes/client/+page.svelte': `<script>
  import { onMount } from 'svelte';
  import * as bcp from 'ehealth-bcp';
  import { ask } from '../../../ask.js';
  onMount(() => { ask(bcp, globalThis.stage).then((answer) => { globalThis.answer = answer; }); });
</script>
<p>client</p>
`,
  'src/routes/server/+page.server.js': `import * as bcp from 'ehealth-bcp';
import { ask } from '../../../ask.js';
export const load = async () => ({ answer: await ask(bcp, JSON.parse(process.env.BCP_STAGE)) });
`,
  'src/routes/server/+page.svelte': `<script>
  import { onMount } from 'svelte';
  let { data } = $props();
  onMount(() => { globalThis.answer = data.answer; });
</script>
<p>server</p>
`,
};

const svelteCell = {
  name: 'SvelteKit 3, build: client, server load',
  async run(app) {
    app.write(svelte);
    await app.tool('vite', ['build']);
    const address = await app.start('', () => ['build/index.js']);
    const server = await app.page(address, 'server');
    if (server.endpoint !== app.stage.second) return { error: `server: ${server.error ?? JSON.stringify(server)}` };
    return app.page(address, 'client');
  },
};

const asset = '{ "glob": "bcp.wasm", "input": "node_modules/ehealth-bcp/dist", "output": "." }';
const angular = {
  'angular.json': `{
  "version": 1,
  "projects": { "app": { "projectType": "application", "root": "", "sourceRoot": "src", "architect": {
    "build": { "builder": "@angular/build:application", "options": {
      "browser": "src/main.ts", "index": "src/index.html", "tsConfig": "tsconfig.json",
      "assets": [${asset}]
    } },
    "serve": { "builder": "@angular/build:dev-server", "options": { "buildTarget": "app:build" } }
  } } }
}
`,
  'tsconfig.json': `{
  "compilerOptions": {
    "strict": true, "target": "ES2022", "module": "preserve", "moduleResolution": "bundler", "allowJs": true,
    "skipLibCheck": false, "lib": ["ES2022", "DOM", "DOM.Iterable"], "types": []
  },
  "files": ["src/main.ts"]
}
`,
  'src/index.html': '<!doctype html><html lang="en"><body><app-root></app-root></body></html>\n',
  'src/main.ts': `import { CUSTOM_ELEMENTS_SCHEMA, Component } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { createBcpClient } from 'ehealth-bcp/slim';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { ask } from '../ask.js';

const page = globalThis as any;
defineBcpStatus();

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: '<bcp-status lang="nl" [client]="bcp"></bcp-status>',
})
class App {
  bcp = createBcpClient({ ...page.stage.options, namespace: 'panel', wasm: 'bcp.wasm' });
  constructor() {
    ask({ createBcpClient }, page.stage, { wasm: 'bcp.wasm' }).then((answer: unknown) => { page.answer = answer; });
  }
}

bootstrapApplication(App);
`,
};
const angularLines = [asset, "wasm: 'bcp.wasm'", 'schemas: [CUSTOM_ELEMENTS_SCHEMA]'];
const angularCells = [
  {
    name: 'Angular 21, build',
    lines: angularLines,
    async run(app) {
      app.write(angular);
      await app.tool('@angular/cli', ['build']);
      return app.page('dist/app/browser');
    },
  },
  {
    name: 'Angular 21, serve',
    lines: angularLines,
    async run(app) {
      app.write(angular);
      return app.page(await app.start('@angular/cli', (port) => ['serve', '--port', port, '--host', '127.0.0.1']));
    },
  },
];

export const frameworks = [...nextCells, svelteCell, ...angularCells];
