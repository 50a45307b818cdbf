// A practice of one page on the package: what an application writes is in `connect` and `call`, the rest shows it.
import { bcpErrorOf, createBcpClient } from '/dist/index.js';
import { defineBcpStatus } from '/dist/status-element.js';
import { texts } from '/page/texts.js';

const maxAnswers = 20;
const byId = (id) => document.getElementById(id);

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

let lang = [new URLSearchParams(location.search).get('lang'), navigator.language.slice(0, 2), 'en'].find(
  (one) => one in texts,
);
let state = await (await fetch('/state')).json();
const titles = new Map();
const answers = [];
const t = () => texts[lang];

function connect() {
  return createBcpClient({
    environment: 'Production',
    catalogue: state.catalogue.url,
    anchors: [state.anchor],
    namespace: state.namespace,
    // A demonstration does not wait: an application leaves these to the package.
    policy: { attemptTimeoutMs: 3_000, coolDownMs: 5_000, maxCoolDownMs: 20_000 },
    cache: { services: state.services.filter(({ cached }) => cached).map(({ id }) => id) },
  });
}

const bcp = connect();

async function call(service) {
  const answer = { service, at: new Date(), source: 'failed' };
  try {
    const response = await bcp.fetch(service.id, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: envelope,
    });
    const from = bcp.provenance(response);
    if (from.source === 'cache') Object.assign(answer, { source: 'cache', storedAt: from.storedAt });
    else answer.source = from.endpoint === service.endpoints[0].url ? 'main' : 'recovery';
    answer.isFault = !response.ok;
  } catch (e) {
    answer.code = bcpErrorOf(e)?.code ?? e.name;
  }
  await guide(answer);
  answers.unshift(answer);
  answers.length = Math.min(answers.length, maxAnswers);
  drawAnswers();
  await look();
}

const envelope =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Question xmlns="urn:drill">' +
  '<Value>85071599987</Value></Question></s:Body></s:Envelope>';

/** What a caregiver does when nothing came, in the language of the page. */
async function guide(answer) {
  if (!answer.code) return;
  const { mayHaveArrived, lastResort } = await bcp.procedure(answer.service.functionality, lang);
  answer.steps = (answer.code === 'not-repeatable' && mayHaveArrived) || lastResort;
}

async function behave(changes) {
  for (const [path, behaviour] of changes) {
    const response = await fetch('/behave', { method: 'POST', body: JSON.stringify({ path, behaviour }) });
    if (!response.ok) throw new Error(`the platform answers ${response.status}`);
  }
  await look();
}

/** Reads how the platform is, and shows it. */
async function look() {
  try {
    state = { ...state, ...(await (await fetch('/state')).json()) };
    byId('said').textContent = '';
  } catch {
    byId('said').textContent = t().lost;
  }
  drawEndpoints();
}

const sites = () => state.services.map(({ endpoints }) => endpoints);
const all = (mainDoes, recoveryDoes) =>
  sites().flatMap(([main, recovery]) => [
    [main.path, mainDoes],
    [recovery.path, recoveryDoes],
  ]);

function button(id, text, act) {
  const onclick = () => void act().catch(() => (byId('said').textContent = t().lost));
  return h('button', { type: 'button', id, onclick }, text);
}

async function draw() {
  document.documentElement.lang = lang;
  for (const key of ['intro', 'language', 'caption', 'endpoint', 'does', 'count']) byId(key).textContent = t()[key];
  for (const key of ['care', 'answers', 'platform']) byId(`${key}-title`).textContent = t()[key];
  byId('panel').firstElementChild?.setAttribute('lang', lang);
  byId('sites').replaceChildren(
    button('main-down', t().mainDown, () => behave(all('reset', 'ok'))),
    button('all-down', t().allDown, () => behave(all('reset', 'reset'))),
    button('all-up', t().allUp, () => behave([...all('ok', 'ok'), [state.catalogue.path, 'ok']])),
  );
  drawEndpoints(true);
  const overview = await bcp.procedures(lang);
  for (const { functionality, title } of overview.items) titles.set(functionality, title);
  byId('tasks').replaceChildren(
    ...state.services.map((service) => button(`call-${service.functionality}`, titleOf(service), () => call(service))),
  );
  await Promise.all(answers.map(guide));
  drawAnswers();
}

const titleOf = ({ functionality }) => titles.get(functionality) ?? functionality;

function drawAnswers() {
  const { length } = answers;
  byId('answers').replaceChildren(...(length === 0 ? [h('li', {}, t().none)] : answers.map(drawAnswer)));
}

function drawAnswer({ service, at, source, storedAt, isFault, code, steps = [] }) {
  const came = {
    main: () => t().byMain,
    recovery: () => t().byRecovery,
    cache: () => t().byCache(storedAt.toLocaleTimeString(lang)),
    failed: () => (code === 'not-repeatable' ? t().unknown : t().failed),
  }[source]();
  return h(
    'li',
    { 'data-source': source },
    h('p', {}, h('strong', {}, titleOf(service)), ` · ${at.toLocaleTimeString(lang)}`),
    h('p', {}, came, isFault ? ` ${t().fault}` : '', code ? ` (${code})` : ''),
    ...(steps.length > 0 ? [h('ol', {}, ...steps.map((step) => h('li', {}, step)))] : []),
  );
}

/** Rows stay where they are, so that nobody loses the place; `anew` writes them in another language. */
function drawEndpoints(anew = false) {
  const rows = [
    ...state.services.flatMap((service) =>
      service.endpoints.map((endpoint, i) => [endpoint, `${titleOf(service)}, ${t()[i === 0 ? 'main' : 'recovery']}`]),
    ),
    [state.catalogue, t().catalogue],
  ];
  if (anew || byId('endpoints').childElementCount === 0) {
    byId('endpoints').replaceChildren(...rows.map(([{ path }, name]) => drawEndpoint(path, name)));
  }
  for (const [{ path, behaviour }, name] of rows) {
    const row = byId(path);
    row.querySelector('th').textContent = name;
    row.querySelector('select').setAttribute('aria-label', name);
    row.querySelector('select').value = behaviour;
    row.querySelector('td:last-child').textContent = state.requests[path];
  }
}

function drawEndpoint(path, name) {
  const choice = h(
    'select',
    { onchange: () => void behave([[path, choice.value]]).catch(() => (byId('said').textContent = t().lost)) },
    ...Object.entries(t().ways).map(([value, text]) => h('option', { value }, text)),
  );
  return h('tr', { id: path }, h('th', { scope: 'row' }, name), h('td', {}, choice), h('td', {}));
}

byId('lang').append(...Object.keys(texts).map((one) => h('option', { value: one, lang: one }, one.toUpperCase())));
byId('lang').value = lang;
byId('lang').addEventListener('change', async () => {
  lang = byId('lang').value;
  await draw();
});
defineBcpStatus();
const panel = h('bcp-status', { lang, only: state.services.map(({ functionality }) => functionality).join(' ') });
panel.client = bcp;
byId('panel').append(panel);
await draw();
drawEndpoints();
await look();
