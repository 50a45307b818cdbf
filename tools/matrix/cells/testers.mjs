// Test runners. The test of each application makes the call, and says by whom it must be answered.

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
    if (hasDocument) app.write({ 'panel.test.js': panelTest });
    await app.tool('jest', ['--no-cache'], modules ? { NODE_OPTIONS: '--experimental-vm-modules' } : {});
    return { note: hasDocument ? 'a call, and the panel in a document' : 'a call' };
  },
}));

const inBrowser = `import { playwright } from '@vitest/browser-playwright';
const launchOptions = { executablePath: '${process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'}', args: ['--no-sandbox'] };
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
    if (hasDocument) app.write({ 'panel.test.js': panelTest });
    await app.tool('vitest', ['run']);
    return { note: hasDocument ? 'a call, and the panel in a document' : 'a call' };
  },
}));

export const testers = [...jest, ...vitest];
