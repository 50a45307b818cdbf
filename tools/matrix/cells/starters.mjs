// The starters of React and Vue in TypeScript, with the panel in a component: types, build, page.
import { html } from '../lib/sources.mjs';

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  types: ['vite/client'],
  module: 'ESNext',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  allowJs: true,
  strict: true,
  skipLibCheck: false,
  noEmit: true,
};

/** The page's answer is that of its call, once the panel shows the state that the call left. */
const watch = `import * as bcp from 'ehealth-bcp';
import { ask } from '../ask.js';
export const client = bcp.createBcpClient({ ...globalThis.stage.options, namespace: 'panel' });
export async function run() {
  const { main, envelope: body } = globalThis.stage;
  await client.fetch(main, { method: 'POST', headers: { 'content-type': 'text/xml' }, body, bcp: { repeat: 'yes' } });
  const answer = await ask(bcp, globalThis.stage);
  const panel = document.querySelector('bcp-status');
  for (let left = 100; left > 0 && panel.getAttribute('state') !== 'continuity'; left--)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const state = panel.getAttribute('state');
  globalThis.answer = state === 'continuity' ? answer : { error: 'the panel says ' + state };
}
`;

const jsx = `declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends BcpStatusElements {}
  }
}`;

const react = {
  name: 'React 19, TypeScript: the panel in JSX',
  lines: [jsx],
  async run(app) {
    app.write({
      'index.html': html('<script type="module" src="/src/main.tsx"></script>'),
      'src/watch.js': watch,
      'src/bcp-status.d.ts': `import type { BcpStatusElements } from 'ehealth-bcp/status-element';\n\n${jsx}\n`,
      'src/main.tsx': `import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { client, run } from './watch.js';

defineBcpStatus();

export function App() {
  useEffect(() => { run(); }, []);
  return <bcp-status lang="nl" only="insurability" heading-level={3} compact client={client} className="panel" />;
}

createRoot(document.getElementById('app')!).render(<StrictMode><App /></StrictMode>);
`,
      'vite.config.js': "import react from '@vitejs/plugin-react';\nexport default { plugins: [react()] };\n",
      'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, checkJs: false }, include: ['src'] }),
    });
    await app.tool('typescript/tsc', ['-p', '.']);
    await app.tool('vite', ['build']);
    return app.page('dist');
  },
};

const custom = "template: { compilerOptions: { isCustomElement: (tag) => tag === 'bcp-status' } }";
const vue = {
  name: 'Vue 3, TypeScript: the panel in a template',
  lines: [custom],
  async run(app) {
    app.write({
      'index.html': html('<script type="module" src="/src/main.ts"></script>'),
      'src/watch.js': watch,
      'src/App.vue': `<script setup lang="ts">
import { onMounted } from 'vue';
import { client, run } from './watch.js';
onMounted(run);
</script>
<template><bcp-status lang="nl" compact .client="client" /></template>
`,
      'src/main.ts': `import { createApp } from 'vue';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import App from './App.vue';
defineBcpStatus();
createApp(App).mount('#app');
`,
      'vite.config.js': `import vue from '@vitejs/plugin-vue';\nexport default { plugins: [vue({ ${custom} })] };\n`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { ...compilerOptions, jsx: 'preserve' },
        include: ['src/**/*'],
      }),
    });
    await app.tool('vue-tsc', ['-p', '.']);
    await app.tool('vite', ['build']);
    return app.page('dist');
  },
};

export const starters = [react, vue];
