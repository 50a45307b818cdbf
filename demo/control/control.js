// The control page of the simulated platform: shows its state and sends commands.
import { badge, byId, h } from '/shared/dom.js';

const refreshMs = 1500;

/** Buttons that need no choice: their text and the command. */
const outages = [
  ['eHealth main site down', 'fail ehealth refused'],
  ['eHealth down, both sites', ['fail ehealth refused', 'fail recovery refused']],
  ['Everything down, catalogue too', 'fail all refused'],
  ['Recover everything', 'recover'],
];
const publications = [
  ['Main endpoints', 'publish main'],
  ['Recovery site', 'publish site recovery'],
  ['MyCareNet direct', 'publish site mycarenet'],
  ['Cache for ETK', 'publish cache etk ENDPOINT_FIRST P30D'],
  ['Cache for insurability', 'publish cache insurability ENDPOINT_FIRST P30D'],
  ['Other signer', 'publish signer rotated'],
  ['Same list, later', 'publish'],
];

const button = (text, command) => h('button', { type: 'button', onclick: () => void send(command) }, text);
byId('outages').append(...outages.map(([text, command]) => button(text, command)));
byId('publish').append(...publications.map(([text, command]) => button(text, command)));

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void send(byId('command').value);
});

/** Sends one command or several, says what came of it and shows the new state. */
async function send(commands) {
  for (const command of [commands].flat()) {
    const response = await fetch('/platform/do', { method: 'POST', body: command });
    const answer = await response.json();
    byId('said').textContent = answer.ok ? `Done: ${command}` : `Not done: ${answer.detail}`;
    byId('said').className = answer.ok ? 'soft' : 'bad';
    if (!answer.ok) return;
  }
  await refresh();
}

const shown = new Map();

/** Whether a part of the state differs from what the page shows: what did not change is not redrawn under the mouse. */
function isNews(name, value) {
  const text = JSON.stringify(value);
  const news = shown.get(name) !== text;
  shown.set(name, text);
  return news;
}

async function refresh() {
  const state = await (await fetch('/platform/state')).json();
  if (isNews('bad', state.bad))
    byId('bad').replaceChildren(...state.bad.map((kind) => button(kind, `publish bad ${kind}`)));
  const gateway = await (await fetch('/practice/gateway.json')).json();
  if (isNews('catalogue', [state.catalogue, gateway])) showCatalogue(state.catalogue, gateway);
  if (isNews('services', state.services)) showEndpoints(state);
  if (!isNews('events', state.events)) return;
  byId('log').replaceChildren(
    ...state.events
      .slice(-200)
      .reverse()
      .map((event) =>
        h(
          'li',
          {},
          h('span', { class: 'soft' }, new Date(event.atMs).toLocaleTimeString('en-GB')),
          ' ',
          event.kind === 'command' ? h('strong', {}, event.detail) : `${event.target}: ${event.detail}`,
        ),
      ),
  );
}

function showCatalogue(catalogue, gateway) {
  const facts = {
    Issued: new Date(catalogue.issueInstant).toLocaleString('en-GB'),
    'Signed by': catalogue.signer,
    State: catalogue.bad ? badge('bad', `✕ bad: ${catalogue.bad}`) : badge('good', '✓ good'),
    Address: catalogue.fault ? badge('bad', `✕ ${catalogue.fault.how}`) : h('span', { class: 'mono' }, catalogue.url),
    'Gateway serves': gateway.issueInstant
      ? `that of ${new Date(gateway.issueInstant).toLocaleString('en-GB')}`
      : 'none, nobody asked yet',
    ...(gateway.refused ? { 'Gateway says': badge('bad', `✕ ${gateway.refused}`) } : {}),
  };
  byId('catalogue').replaceChildren(
    ...Object.entries(facts).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** Redraws the table but keeps the keyboard where it was and the choices as they were. */
function showEndpoints(state) {
  const focused = document.activeElement?.id;
  const chosen = new Map(
    [...document.querySelectorAll('#endpoints select')].map((select) => [select.id, select.value]),
  );
  byId('endpoints').replaceChildren(
    ...state.services.flatMap((service) => service.endpoints.map((endpoint) => row(service, endpoint, state.ways))),
  );
  for (const [id, value] of chosen) if (byId(id)) byId(id).value = value;
  if (focused) byId(focused)?.focus();
}

function row(service, endpoint, ways) {
  const key = endpoint.name.replace('/', '-');
  const choice = h(
    'select',
    { id: `how-${key}`, 'aria-label': `How ${endpoint.name} fails` },
    ...ways.map((how) => h('option', {}, how)),
  );
  return h(
    'tr',
    {},
    h(
      'th',
      { scope: 'row' },
      endpoint.name,
      ' ',
      h('span', { class: 'soft small' }, `${service.name}, ${endpoint.site}`),
    ),
    h(
      'td',
      { 'data-label': 'Published' },
      endpoint.status,
      endpoint.order === 0 && service.cache && h('div', { class: 'small soft' }, `cache ${service.cache}`),
    ),
    h(
      'td',
      { 'data-label': 'State' },
      endpoint.fault ? badge('bad', `✕ ${endpoint.fault.how}`) : badge('good', '✓ answers'),
    ),
    h(
      'td',
      { 'data-label': 'Make it fail' },
      h(
        'div',
        { class: 'fault' },
        choice,
        h(
          'button',
          {
            type: 'button',
            id: `fail-${key}`,
            'aria-label': `Fail ${endpoint.name}`,
            onclick: () => void send(`fail ${endpoint.name} ${choice.value}`),
          },
          'Fail',
        ),
        h(
          'button',
          {
            type: 'button',
            id: `recover-${key}`,
            'aria-label': `Recover ${endpoint.name}`,
            disabled: !endpoint.fault,
            onclick: () => void send(`recover ${endpoint.name}`),
          },
          'Recover',
        ),
      ),
    ),
  );
}

await refresh();
setInterval(
  () =>
    void refresh().catch(() => {
      byId('said').textContent = 'The platform does not answer.';
    }),
  refreshMs,
);
