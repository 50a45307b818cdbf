// The demonstration under test: the platform as `make demo` runs it, and what a person does on its pages.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './native.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Builds and starts the platform on free ports. `stop` ends it and returns its exit code. */
export async function startDemo() {
  const program = join(root, 'build', `platform-${process.pid}`);
  execFileSync('go', ['build', '-o', program, './demo/platform'], { cwd: root });
  const child = spawn(program, ['-port', '0', '-dist', join(root, 'dist')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const origin = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [url] = /http:\/\/[\d.:]+/.exec(line) ?? [];
      if (url) resolve(url);
    });
    void ended.then((code) => reject(new Error(`the platform ended with ${code}`)));
  });
  return {
    origin,
    /** Sends commands to the platform, one after the other. */
    async command(...lines) {
      for (const line of lines) {
        const answer = await (await fetch(`${origin}/platform/do`, { method: 'POST', body: line })).json();
        assert.equal(answer.ok, true, `${line}: ${answer.detail}`);
      }
    },
    async state() {
      return (await fetch(`${origin}/platform/state`)).json();
    },
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      execFileSync('rm', ['-f', program]);
      return code;
    },
  };
}

/**
 * Waits until `passes` returns a true JSON value on the page, and returns it. Polls from here: Trusted Types take no
 * polling script.
 */
export async function until(page, what, passes, ...args) {
  for (let i = 0; i < 900; i++) {
    const value = await page.evaluate(passes, ...args).catch(() => undefined);
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`in 45 s it did not come to this: ${what}`);
}

/** Clicks as a script does: scrolling and animation frames of a headless browser stay out of it. */
export const click = (page, selector) => page.evaluate((s) => document.querySelector(s).click(), selector);

/** Opens the EHR in a language and logs in. */
export async function openEhr(context, demo, lang, user = 'A') {
  const page = await context.newPage();
  await page.goto(`${demo.origin}/app/?lang=${lang}`);
  await logIn(page, user);
  return page;
}

export async function logIn(page, user) {
  await until(page, 'the door', () => document.querySelector('#log-in-A') !== null);
  await click(page, `#log-in-${user}`);
  await until(
    page,
    'a panel that knows',
    () =>
      !['unknown', 'unprotected', null].includes(document.querySelector('bcp-status')?.getAttribute('state') ?? null),
  );
}

/** Runs a task and returns its card: where the answer came from, and all its text. */
export async function runTask(page, functionality) {
  const before = await page.evaluate(() => Number(document.querySelector('#answers').dataset.count ?? 0));
  await click(page, `#run-${functionality}`);
  return until(
    page,
    `an answer for ${functionality}`,
    (n) => {
      if (Number(document.querySelector('#answers').dataset.count ?? 0) <= n) return undefined;
      const card = document.querySelector('.answer');
      return { source: card.dataset.source, functionality: card.dataset.functionality, text: card.innerText };
    },
    before,
  );
}

/** Waits until the panel shows a functionality on a way, and returns what it says there. */
export function panelShows(page, functionality, way) {
  return until(
    page,
    `${functionality} on the way ${way}`,
    (f, w) => {
      const item = document.querySelector('bcp-status').shadowRoot.querySelector(`[data-functionality="${f}"]`);
      return item?.dataset.way === w ? item.textContent : undefined;
    },
    functionality,
    way,
  );
}

/** Asks for the catalogue by the button and returns what the page says of it. */
export async function refresh(page) {
  await page.evaluate(() => {
    document.querySelector('#said').textContent = '';
  });
  await click(page, '#refresh');
  return until(page, 'the result of a refresh', () => document.querySelector('#said').textContent);
}

/** Publishes, and waits until the page has taken the new catalogue. */
export async function publish(page, demo, ...lines) {
  await demo.command(...lines);
  const issued = new Date((await demo.state()).catalogue.issueInstant).toISOString();
  const isTaken = (text) => document.querySelector('#log').textContent.includes(`catalogue-updated ${text}`);
  // one under way may have asked before
  for (let i = 0; i < 20 && !(await page.evaluate(isTaken, issued)); i++) await refresh(page);
  await until(page, `the catalogue of ${issued}`, isTaken, issued);
}

/** No serious violation, whatever state the page is in. */
export async function assertAccessible(page, state) {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
  assert.deepEqual(violations, [], state);
}

/** Nothing is wider than the window. */
export async function assertNoSidewaysScroll(page, state) {
  const [wide, room] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(wide <= room, `${state}: ${wide} px of content in ${room} px`);
}
