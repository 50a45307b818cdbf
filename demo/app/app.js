// A small EHR on the published package: log in, pick a patient, run what a practice runs; each answer says where it
// came from. Everything of business continuity is the package's; this page only shows it.
import { createBcpClient, isBcpError, tokenRenewal } from 'ehealth-bcp';
import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { badge, byId, h } from '/shared/dom.js';
import { readFacts, tasks } from './tasks.js';
import { langs, texts } from './texts.js';

// A drill does not wait: a real application leaves these to the package (15 minutes, 20 seconds, 5 minutes).
const lookEveryMs = 3000;
const policy = { attemptTimeoutMs: 2000, totalTimeoutMs: 8000, coolDownMs: 5000, maxCoolDownMs: 20_000 };

const caregivers = { A: 'Dr. A. Oefening', B: 'Dr. B. Exercice' };
const maxAnswers = 30; // in the time line
const maxCards = 12;
const maxEvents = 200;

const signIn = tasks.find(({ functionality }) => functionality === 'login');

defineBcpStatus();

/** Everything the page shows. `session` is absent until somebody logged in. */
const state = {
  lang: chosenLang(),
  config: undefined,
  session: undefined,
  inss: undefined,
  titles: new Map(),
  answers: [],
  events: [],
  running: new Set(),
  said: '',
  answered: 0,
};

const t = () => texts[state.lang];
const titleOf = (task) => state.titles.get(task.functionality) ?? task.functionality;
const time = (moment) => new Date(moment).toLocaleTimeString(t().locale);
const dateTime = (moment) => new Date(moment).toLocaleString(t().locale);

function chosenLang() {
  const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language.slice(0, 2);
  return langs.includes(asked) ? asked : 'en';
}

/** What the application's own server says; it is up when the platform is down. */
async function loadConfig() {
  const response = await fetch('/practice/config.json');
  if (!response.ok) throw new Error(`the practice's server answers ${response.status}`);
  state.config = await response.json();
  state.inss = state.config.patients[0].inss;
}

async function logIn(user) {
  const { config } = state;
  const client = createBcpClient({
    environment: config.environment,
    audience: 'general-practitioner',
    gateway: '/bcp/', // on the page's own origin: the platform knows no CORS
    anchors: [config.anchors],
    procedures: JSON.stringify(config.procedures),
    policy,
    namespace: 'small-ehr',
    cache: {
      services: [...new Set(tasks.filter((task) => task.cached).map((task) => task.service))],
      persistent: { user, secret: async () => (await fetch(`/practice/secret?user=${user}`)).arrayBuffer() },
    },
  });
  const unsubscribe = client.subscribe(takeEvent);
  const look = setInterval(() => void client.refresh().catch(() => {}), lookEveryMs);
  state.session = {
    user,
    client,
    end: () => {
      clearInterval(look);
      clearTimeout(state.session.renewing);
      unsubscribe();
      client.close();
    },
  };
  sessionStorage.setItem('user', user);
  draw();
  await client.preload().catch(() => {}); // the panel says what is missing
  await loadTitles();
}

async function logOut() {
  const { client, end } = state.session;
  await client.clear('answers');
  end();
  Object.assign(state, { session: undefined, answers: [], events: [], said: '' });
  sessionStorage.removeItem('user');
  draw();
}

/** The names of the functionalities, in the page's language, from the package. */
async function loadTitles() {
  const overview = await state.session?.client.procedures(state.lang).catch(() => undefined);
  for (const item of overview?.items ?? []) state.titles.set(item.functionality, item.title);
  drawTasks();
  drawAnswers();
}

function takeEvent(event) {
  const { atMs, ...rest } = event;
  const text = JSON.stringify(rest);
  const [last] = state.events;
  if (last && last.text === text) Object.assign(last, { atMs, times: last.times + 1 });
  else state.events.unshift({ atMs, text, event, times: 1 });
  state.events.length = Math.min(state.events.length, maxEvents);
  drawEvents();
}

/** Runs one task for the patient of the moment, and keeps the answer, whatever it is. */
async function run(task) {
  const { client } = state.session;
  const patient = state.config.patients.find(({ inss }) => inss === state.inss);
  const answer = {
    task,
    patient: task.functionality === 'login' ? undefined : patient,
    startedMs: Date.now(),
    tried: [],
  };
  const unsubscribe = client.subscribe((event) => {
    if (event.type === 'endpoint-failed' && event.service === task.service)
      answer.tried.push({ endpoint: event.endpoint, outcome: event.outcome });
  });
  state.running.add(task);
  drawTasks();
  try {
    const response = await client.fetch(task.service, {
      method: 'POST',
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      body: task.request(patient),
      ...(task.repeat ? { bcp: { repeat: task.repeat } } : {}),
    });
    answer.provenance = client.provenance(response);
    answer.preferred = (await client.status()).services.find(({ id }) => id === task.service)?.health?.preferred;
    answer.xml = await response.text();
  } catch (error) {
    answer.error = error;
    if (isBcpError(error)) answer.tried = error.tried;
  } finally {
    unsubscribe();
    answer.endedMs = Date.now();
    state.running.delete(task);
  }
  if (task === signIn) void planRenewal(answer.xml);
  await addGuidance(answer);
  state.answers.unshift(answer);
  state.answered++;
  state.answers.length = Math.min(state.answers.length, maxAnswers);
  drawTasks();
  drawAnswers();
  // On a telephone the answers stand below all tasks: whoever asked must see one come.
  if (matchMedia('(max-width: 47.99rem)').matches) keepInView(byId('answers')?.firstElementChild);
}

/** Shows an element, and again while what is above grows: the panel follows an answer, and Safari anchors nothing. */
function keepInView(element) {
  const above = new ResizeObserver(() => element?.scrollIntoView({ block: 'nearest' }));
  above.observe(document.querySelector('bcp-status'));
  setTimeout(() => above.disconnect(), 2_000);
}

/**
 * Asks for a new token in the middle of the life that the newest one has left. When a try gave none, the one held is
 * asked again: an outage that is shorter than half of its life is seen by nobody.
 */
async function planRenewal(newest) {
  const { session } = state;
  for (const token of [newest, session?.token]) {
    const renewal = token && (await tokenRenewal(token).catch(() => undefined)); // a fault holds no token
    if (!renewal || renewal.ended || session !== state.session) continue;
    clearTimeout(session.renewing);
    session.token = token;
    session.renewing = setTimeout(() => void run(signIn), Math.max(renewal.renewAt - Date.now(), 1000));
    return;
  }
}

/**
 * What to do now. Where what was sent may have arrived: look, send again, paper. Beside a kept answer: whether its age
 * counts.
 */
async function addGuidance(answer) {
  const {
    task: { functionality },
    error,
    provenance,
  } = answer;
  const client = state.session?.client;
  if (!client || !(error || provenance?.source === 'cache')) return;
  if (!error) {
    const { kept, cache, lang } = await client.procedure(functionality, state.lang, { storedAt: provenance.storedAt });
    answer.guidance = kept && { lang, steps: cache };
    return;
  }
  const overview = await client.procedures(state.lang).catch(() => undefined);
  const item = overview?.items.find((one) => one.functionality === functionality);
  if (!item) return;
  const otherWay = item.way === 'fallback' ? item.fallback : [];
  answer.guidance = {
    lang: item.lang,
    steps: (error.code === 'not-repeatable' && item.mayHaveArrived) || [...otherWay, ...item.lastResort],
  };
}

async function runAll() {
  for (const task of tasks) if (task.consults && state.session) await run(task);
}

// ---- what is on the page ----

function draw() {
  document.documentElement.lang = state.lang;
  document.title = `${t().title} · ehealth-bcp`;
  byId('skip').textContent = t().skip;
  byId('drill').textContent = t().drill;
  const pages = { '/': t().start, '/app/': t().ehr, '/verify/': t().check, '/control/': t().control };
  byId('nav').setAttribute('aria-label', t().navigation);
  byId('nav').replaceChildren(
    ...Object.entries(pages).map(([href, text]) => h('a', { href, 'aria-current': href === '/app/' && 'page' }, text)),
  );
  byId('who').replaceChildren(
    languageChoice(),
    ...(state.session
      ? [
          h('span', {}, t().loggedIn(caregivers[state.session.user])),
          h('button', { type: 'button', id: 'log-out', onclick: () => void logOut() }, t().logOut),
        ]
      : []),
  );
  byId('main').replaceChildren(...(state.session ? practice() : door()));
  if (state.session) drawAll();
}

function languageChoice() {
  const select = h(
    'select',
    { id: 'lang', 'aria-label': t().language, onchange: () => void changeLang(select.value) },
    ...langs.map((lang) => h('option', { value: lang, selected: lang === state.lang, lang }, lang.toUpperCase())),
  );
  return select;
}

async function changeLang(lang) {
  state.lang = lang;
  history.replaceState(null, '', `?lang=${lang}`);
  draw();
  byId('lang').focus();
  await Promise.all(state.answers.map(addGuidance));
  await loadTitles();
}

function door() {
  return [
    h('h1', {}, t().title),
    h(
      'section',
      { class: 'card', 'aria-labelledby': 'who-title' },
      h('h2', { id: 'who-title' }, t().who),
      h('p', { class: 'soft' }, t().whoNote),
      h(
        'div',
        { class: 'row' },
        ...Object.entries(caregivers).map(([user, name]) =>
          h(
            'button',
            { type: 'button', class: user === 'A' && 'first', id: `log-in-${user}`, onclick: () => void logIn(user) },
            t().logInAs(name),
          ),
        ),
      ),
    ),
  ];
}

function practice() {
  const panel = h('bcp-status', { lang: state.lang, id: 'panel' });
  panel.client = state.session.client;
  const patient = h(
    'select',
    {
      id: 'patient',
      onchange: () => {
        state.inss = patient.value;
      },
    },
    ...state.config.patients.map(({ inss, name, born }) =>
      h('option', { value: inss, selected: inss === state.inss }, `${name} (${born.slice(0, 4)})`),
    ),
  );
  return [
    h('h1', {}, t().title),
    h(
      'div',
      { class: 'desk' },
      h('div', { class: 'panel' }, panel),
      h(
        'section',
        { class: 'card tasks', 'aria-labelledby': 'tasks-title' },
        h('label', { for: 'patient' }, t().patient),
        patient,
        h('h2', { id: 'tasks-title' }, t().tasks),
        h('button', { type: 'button', class: 'first', id: 'run-all', onclick: () => void runAll() }, t().runAll),
        h(
          'div',
          { class: 'buttons' },
          ...tasks.map((task) =>
            h('button', {
              type: 'button',
              id: `run-${task.functionality}`,
              onclick: () => {
                if (!state.running.has(task)) void run(task);
              },
            }),
          ),
        ),
      ),
      h(
        'section',
        { class: 'answers', 'aria-labelledby': 'answers-title' },
        h('h2', { id: 'answers-title' }, t().answers),
        h('div', { id: 'answers', 'aria-live': 'polite' }),
      ),
    ),
    h(
      'div',
      { class: 'below' },
      h(
        'section',
        { class: 'card', 'aria-labelledby': 'timeline-title' },
        h('h2', { id: 'timeline-title' }, t().timeline),
        h('ol', { id: 'timeline', class: 'scroll', tabindex: 0, 'aria-labelledby': 'timeline-title' }),
      ),
      h(
        'section',
        { class: 'card', 'aria-labelledby': 'log-title' },
        h('h2', { id: 'log-title' }, t().log),
        h(
          'div',
          { class: 'row' },
          h('button', { type: 'button', id: 'refresh', onclick: () => void refresh() }, t().refresh),
          h('button', { type: 'button', id: 'export', onclick: () => void saveLog() }, t().exportLog),
          h('span', { id: 'said', role: 'status' }, state.said),
        ),
        h('ol', { id: 'log', class: 'scroll', tabindex: 0, 'aria-labelledby': 'log-title' }),
      ),
    ),
  ];
}

function drawAll() {
  drawTasks();
  drawAnswers();
  drawEvents();
}

/** Changes the buttons where they stand: one that is replaced under the mouse would lose the click. */
function drawTasks() {
  for (const task of tasks) {
    const button = byId(`run-${task.functionality}`);
    if (!button) return; // nobody is logged in
    const busy = state.running.has(task);
    button.setAttribute('aria-disabled', busy);
    button.textContent = titleOf(task) + (busy ? ` — ${t().running}` : '');
  }
}

function drawAnswers() {
  if (!byId('answers')) return; // nobody is logged in
  byId('answers').dataset.count = state.answered;
  byId('answers').replaceChildren(
    ...(state.answers.length === 0
      ? [h('p', { class: 'soft' }, t().none)]
      : state.answers.slice(0, maxCards).map(card)),
  );
  byId('timeline').replaceChildren(...state.answers.map(attempts));
}

/** How the answer came: a word, its sign, and the kind of badge. */
function source({ error, provenance, preferred }) {
  if (error) return ['bad', '✕', t().failed, 'failed'];
  if (provenance.source === 'cache')
    return provenance.expired ? ['bad', '◷', t().expired, 'expired'] : ['warn', '◷', t().cache, 'cache'];
  if (provenance.attempts > 1 || provenance.endpoint !== preferred) return ['good', '⇄', t().other, 'other'];
  return ['good', '✓', t().live, 'live'];
}

function card(answer) {
  const { task, patient, error, provenance, guidance, xml, endedMs } = answer;
  const [kind, sign, word, name] = source(answer);
  const where = {};
  if (provenance?.source === 'network')
    Object.assign(where, {
      [t().from]: h('span', { class: 'mono' }, provenance.endpoint),
      [t().attempts]: provenance.attempts,
    });
  if (provenance?.source === 'cache')
    Object.assign(where, { [t().stored]: dateTime(provenance.storedAt), [t().until]: dateTime(provenance.validUntil) });
  const facts = xml === undefined ? [] : readFacts(task, xml, t()).map(([fact, value]) => [t().facts[fact], value]);
  return h(
    'article',
    { class: 'card answer', 'data-functionality': task.functionality, 'data-source': name },
    h('div', { class: 'row top' }, h('h3', {}, titleOf(task)), badge(kind, `${sign} ${word}`)),
    h('p', { class: 'small soft' }, [patient?.name, time(endedMs)].filter(Boolean).join(' · ')),
    facts.length > 0 &&
      h('dl', { class: 'facts' }, ...facts.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value)))),
    error &&
      h(
        'p',
        {},
        h('strong', {}, reason(error.code)),
        h('br'),
        h('span', { class: 'small soft' }, `${t().helpdesk} `, h('span', { class: 'mono' }, error.code ?? error.name)),
      ),
    guidance &&
      h(
        'div',
        { class: 'guidance' },
        h('h4', {}, t().doNow),
        h(
          guidance.steps.length > 1 ? 'ol' : 'ul',
          { lang: guidance.lang },
          ...guidance.steps.map((line) => h('li', {}, line)),
        ),
      ),
    h(
      'dl',
      { class: 'facts where small' },
      ...Object.entries(where).map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value))),
    ),
  );
}

/** Why there is no answer, in the caregiver's language. The code is for the helpdesk. */
function reason(code) {
  const { errors } = t();
  if (code in errors) return errors[code];
  if (/^service-/.test(code)) return errors.unlisted;
  if (
    /^(network|wasm-|core-|contract-|signature-|signer-|digest-|catalogue-|environment-|xades-|xml-|schema-)/.test(code)
  )
    return errors.unprotected;
  return errors.other;
}

/** One line of the time line: each address that was tried, and what came of it. */
function attempts(answer) {
  const { task, provenance, tried, startedMs, endedMs } = answer;
  const steps = tried.map(({ endpoint, outcome }) => ['bad', endpoint, t().outcomes[outcome] ?? outcome]);
  if (provenance?.source === 'network') steps.push(['good', provenance.endpoint, t().outcomes.answered]);
  if (provenance?.source === 'cache') steps.push(['warn', '', t().outcomes.cache]);
  if (answer.error) steps.push(['bad', '', t().outcomes.none]);
  return h(
    'li',
    {},
    h('span', { class: 'soft small' }, `${time(startedMs)}, ${endedMs - startedMs} ms`),
    ' ',
    h('strong', {}, titleOf(task)),
    h(
      'ol',
      { class: 'steps' },
      ...steps.map(([kind, endpoint, word]) =>
        h('li', {}, endpoint && h('span', { class: 'mono' }, new URL(endpoint).host, ' '), badge(kind, word)),
      ),
    ),
  );
}

function drawEvents() {
  byId('log')?.replaceChildren(
    ...state.events.map(({ atMs, event, times }) => {
      const { atMs: _at, type, ...rest } = event;
      return h(
        'li',
        {},
        h('span', { class: 'soft' }, time(atMs)),
        ' ',
        h('strong', {}, t().events[type] ?? type),
        times > 1 && ` ×${times}`,
        ' ',
        h('span', { class: 'mono soft' }, `${type} ${Object.values(rest).join(' · ')}`),
      );
    }),
  );
}

async function refresh() {
  state.said = t().refreshed[await state.session.client.refresh()];
  byId('said').textContent = state.said;
}

async function saveLog() {
  const url = URL.createObjectURL(new Blob([await state.session.client.exportLog()], { type: 'application/json' }));
  h('a', { href: url, download: 'bcp-log.json' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

await loadConfig();
const user = sessionStorage.getItem('user');
if (user in caregivers) await logIn(user);
else draw();
