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

export const frameworks = [...nextCells];
