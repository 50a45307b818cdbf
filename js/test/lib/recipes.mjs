// The recipes for HTTP libraries, as modules that run as they stand, and what each has to do: the same in every engine.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesOf } from './examples.mjs';
import { root } from './native.mjs';
import { makeStage, soapRequest } from './stage.mjs';

/** Libraries with a recipe that ends in `ask(url, envelope)`. */
export const libraries = ['axios', 'ky', 'ofetch', 'openapi-fetch', 'tanstack-query', 'angular'];

const acting = 'uddi:ehealth-fgov-be:business:mycareneteattest:v1';
const asking = 'uddi:ehealth-fgov-be:business:insurability:v2';

// What an Angular application is around the service of the recipe.
const application = `
import '@angular/compiler';
import { provideHttpClient, withFetch } from '@angular/common/http';
import { createEnvironmentInjector, provideZonelessChangeDetection, ɵINJECTOR_SCOPE } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import './bcp-fetch.js';
import { Ehealth } from './ehealth.js';
const root = { provide: ɵINJECTOR_SCOPE, useValue: 'root' };
const providers = [root, provideHttpClient(withFetch()), provideZonelessChangeDetection(), Ehealth];
const ehealth = createEnvironmentInjector(providers, null).get(Ehealth);
export const ask = (url, envelope) => firstValueFrom(ehealth.ask(url, envelope));
`;

/** Writes the modules of a recipe into a folder of their own and returns it; `main.js` is the one to begin with. */
export function written(library) {
  const folder = join(root, 'build/recipes', `${library}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/ehealth-bcp'));
  const [recipe, ...more] = examplesOf(`docs/recipes/${library}.md`).map(({ code }) => code);
  const errors = "export { bcpErrorOf, isBcpError } from 'ehealth-bcp';\n";
  const files = {
    'package.json': '{"type":"module"}',
    'bcp.js': "import { createBcpClient } from 'ehealth-bcp';\nexport const bcp = createBcpClient(globalThis.given);\n",
    'recipe.js': recipe,
    ...(library === 'angular'
      ? { 'bcp-fetch.js': recipe, 'ehealth.js': more[0], 'recipe.js': application }
      : undefined),
    'main.js': `export * from './recipe.js';\nexport { bcp } from './bcp.js';\n${errors}`,
  };
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  return folder;
}

/**
 * A stage with a service that consults and one that acts. The main endpoint of the first breaks; that of the other
 * answers with a page, because a browser may itself send again what broke.
 */
export async function brokenStage() {
  const stage = await makeStage();
  const at = (path, behaviour) => stage.server.behave(path, behaviour);
  stage.asking = [at('/asking', 'reset'), at('/asking-second', 'ok')];
  stage.acting = [at('/acting', 'html'), at('/acting-second', 'ok')];
  stage.faulty = at('/faulty', 'business-fault');
  stage.publish({
    services: [
      { id: asking, endpoints: stage.asking },
      { id: acting, endpoints: stage.acting },
      { id: 'uddi:faulty', endpoints: [stage.faulty] },
    ],
  });
  return stage;
}

/**
 * What a recipe has to do. `ask(url, envelope)` runs it where it runs, and returns what came, or `{ failed }`: the code
 * of the error of ours in what was thrown, whether `isBcpError` knows it, its class and text.
 */
export async function proves(library, stage, ask) {
  const envelope = soapRequest();
  const answer = await ask(stage.asking[0], envelope);
  assert.match(answer.text ?? '', /<Answer xmlns="urn:drill">\/asking-second<\/Answer>/, JSON.stringify(answer));
  if (library === 'angular') assert.equal(answer.source, 'network');
  else {
    assert.deepEqual(answer.from, { source: 'network', service: asking, endpoint: stage.asking[1], attempts: 2 });
  }
  assert.equal(stage.server.seen('/asking-second')[0].body, envelope);

  const act = await ask(stage.acting[0], envelope);
  assert.deepEqual({ code: act.failed?.code, isKnown: act.failed?.isKnown }, { code: 'not-repeatable', isKnown: true });
  assert.equal(stage.server.seen('/acting').length, 1);
  assert.equal(stage.server.seen('/acting-second').length, 0, 'the act ran twice');

  const fault = await ask(stage.faulty, envelope);
  const text = library === 'angular' ? fault.failed.text : fault.text;
  assert.match(text ?? '', /<faultstring>/, JSON.stringify(fault));
  assert.equal(fault.failed?.code, undefined);
}

/** The function that `proves` takes, of a module that was imported. To be run in a page, it names nothing outside. */
export function asked({ ask, bcpErrorOf, isBcpError }) {
  return (url, envelope) =>
    ask(url, envelope).catch((e) => ({
      failed: { code: bcpErrorOf(e)?.code, isKnown: isBcpError(e), name: e.name, text: e.error },
    }));
}
