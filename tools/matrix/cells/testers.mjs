// Test runners. The test of each application makes the call, and says by whom it must be answered.
import { examplesOf } from '../../../js/test/lib/examples.mjs';
import { html } from '../lib/sources.mjs';

const testOf = (from = 'ehealth-bcp') => `import * as bcp from '${from}';
import { ask } from './ask.js';
import { stage } from './stage.js';
test('the call is answered by the second endpoint', async () => {
  expect(await ask(bcp, stage)).toEqual({ status: 200, endpoint: stage.second });
}, 60000);
`;

/** A test of a component, where there is a document: the panel shows the client's state. */
const panelTest = `import { createBcpClient } from 'ehealth-bcp';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { stage } from './stage.js';
test('the panel says how the client is', async () => {
  const bcp = createBcpClient(stage.options);
  defineBcpStatus();
  const panel = document.createElement('bcp-status');
  panel.client = bcp;
  document.body.append(panel);
  await bcp.preload();
  await panel.refresh();
  expect(panel.getAttribute('state')).toBe('unused');
  expect(panel.shadowRoot.textContent).toContain('Consulting insurability');
  panel.remove();
  bcp.close();
}, 60000);
`;

/** A module with a client, one that uses it, and a test that plays the client as docs/testing.md shows. */
const exampleOf = (text) => examplesOf('docs/testing.md').find(({ code }) => code.includes(text)).code;
const used = {
  'bcp.js': "export const bcp = { fetch: () => Promise.reject(new Error('the real client')) };\n",
  'patients.js': `import { bcp } from './bcp.js';
export const ask = async () => (await bcp.fetch('uddi:x:v1', { method: 'POST', body: '<question/>' })).status;
`,
};
const playedTest = (head, mocking) => `${head}${mocking}
test('the module has the client that plays', async () => {
  expect(await ask()).toBe(200);
});
`;

const stageFile = (stage) => `export const stage = ${JSON.stringify(stage)};\n`;

/** jsdom has no fetch: the environment that docs/tools.md shows. */
const environment = `import { TestEnvironment } from 'jest-environment-jsdom';

const ofNode = { fetch, Headers, Request, Response, ReadableStream, AbortController, AbortSignal };
const ofText = { TextEncoder, TextDecoder };

export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, ofNode, ofText);
  }
  exportConditions() {
    return ['node'];
  }
}
`;

const toCommonJs = '@babel/plugin-transform-modules-commonjs';
const commonjs = "moduleNameMapper: { '^ehealth-bcp$': 'ehealth-bcp/commonjs' }";
const jest = [
  {
    name: 'jest 30, ES modules',
    lines: ['transform: {}'],
    config: 'export default { transform: {} };\n',
    modules: true,
  },
  {
    name: 'jest 30, CommonJS',
    lines: [commonjs],
    config: `module.exports = { ${commonjs} };\n`,
  },
  {
    name: 'jest 30, ES modules, jsdom',
    lines: [environment],
    config: "export default { transform: {}, testEnvironment: './environment.js' };\n",
    modules: true,
  },
].map(({ name, lines, config, modules }) => ({
  name,
  lines,
  async run(app) {
    if (!modules) app.write({ 'package.json': '{ "name": "app", "private": true }' });
    app.write({ 'call.test.js': testOf(), 'stage.js': stageFile(app.stage), 'jest.config.js': config });
    app.write({ 'environment.js': environment });
    if (!modules) app.write({ 'babel.config.js': `module.exports = { plugins: ['${toCommonJs}'] };\n` });
    const hasDocument = name.endsWith('jsdom');
    const head = `import { jest } from '@jest/globals';\nimport { createFakeClient } from 'ehealth-bcp/testing';\n`;
    if (modules) app.write({ ...used, 'played.test.js': playedTest(head, exampleOf('jest.unstable_mockModule(')) });
    if (hasDocument) app.write({ 'panel.test.js': panelTest });
    await app.tool('jest', ['--no-cache'], modules ? { NODE_OPTIONS: '--experimental-vm-modules' } : {});
    return { note: hasDocument ? 'a call, and the panel in a document' : 'a call' };
  },
}));

const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
const launchOptions = { executablePath, args: ['--no-sandbox'] };
const inBrowser = `import { playwright } from '@vitest/browser-playwright';
const launchOptions = ${JSON.stringify(launchOptions)};
export default {
  test: {
    globals: true,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: 'chromium' }],
    },
  },
};
`;

const vitest = [
  ['vitest 5, node', "export default { test: { globals: true, environment: 'node' } };\n"],
  ['vitest 5, jsdom', "export default { test: { globals: true, environment: 'jsdom' } };\n"],
  ['vitest 5, happy-dom', "export default { test: { globals: true, environment: 'happy-dom' } };\n"],
  ['vitest 5, browser', inBrowser],
].map(([name, config]) => ({
  name,
  async run(app) {
    app.write({ 'call.test.js': testOf(), 'stage.js': stageFile(app.stage), 'vitest.config.js': config });
    const hasDocument = name !== 'vitest 5, node';
    const head = `import { vi } from 'vitest';\nimport { ask } from './patients.js';\n`;
    app.write({ ...used, 'played.test.js': playedTest(head, exampleOf('vi.mock(')) });
    if (hasDocument) app.write({ 'panel.test.js': panelTest });
    await app.tool('vitest', ['run']);
    return { note: hasDocument ? 'a call, and the panel in a document' : 'a call' };
  },
}));

/** Its test is the one that docs/testing.md shows; this is the page of its reader. */
const playwrightPage = `import { createBcpClient } from 'ehealth-bcp';
const options = await (await fetch('/config.json')).json();
const bcp = createBcpClient(options);
document.body.innerHTML = '<button>Ask</button><p></p>';
document.querySelector('button').onclick = async () => {
  const request = { method: 'POST', body: '<question/>', bcp: { repeat: 'yes' } };
  const response = await bcp.fetch('uddi:ehealth-fgov-be:business:insurability:v2', request);
  document.querySelector('p').textContent = response.ok ? 'answered' : 'failed';
};
`;
const playwright = {
  name: 'Playwright 1.65',
  async run(app) {
    app.write({ 'index.html': html(), 'main.js': playwrightPage, 'page.spec.js': exampleOf('@playwright/test') });
    app.write({ 'vite.config.js': "export default { build: { target: 'es2022' } };\n" });
    await app.tool('vite', ['build']);
    const baseURL = await app.start('vite', (port) => ['preview', '--port', port, '--host', '127.0.0.1']);
    const use = { baseURL, browserName: 'chromium', launchOptions };
    app.write({ 'playwright.config.js': `export default { reporter: 'line', use: ${JSON.stringify(use)} };\n` });
    await app.tool('@playwright/test', ['test']);
    return { note: 'the test of docs/testing.md' };
  },
};

export const testers = [...jest, ...vitest, playwright];
