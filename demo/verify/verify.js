// The first page: judges a catalogue with the published package and shows what it says.
import { isBcpError, services, verify } from 'ehealth-bcp';
import { badge, byId, h } from '/shared/dom.js';

const form = byId('form');
const result = byId('result');

for (const name of ['catalogue', 'anchors']) takeDrops(byId(`drop-${name}`), byId(name));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void show(fromForm());
});
byId('use-drill').addEventListener('click', () => void show(fromDrill()));

/** Lets a file input take files that are dropped anywhere on its box. */
function takeDrops(box, input) {
  const over = (is) => (event) => {
    event.preventDefault();
    box.classList.toggle('over', is);
  };
  box.addEventListener('dragover', over(true));
  box.addEventListener('dragleave', over(false));
  box.addEventListener('drop', (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
  });
}

async function fromForm() {
  const [file] = byId('catalogue').files;
  if (!file) throw new Error('Pick a catalogue first, or use the drill catalogue.');
  const trusted = [...byId('anchors').files];
  if (trusted.length === 0)
    throw new Error('Pick the certificates that you trust: without them nothing can be accepted.');
  const at = byId('at').value.trim();
  if (at !== '' && Number.isNaN(Date.parse(at))) throw new Error(`“${at}” is not a moment like 2020-10-01T00:00:00Z.`);
  return {
    catalogue: await file.arrayBuffer(),
    options: {
      anchors: await Promise.all(trusted.map((each) => each.arrayBuffer())),
      environment: byId('environment').value.trim() || undefined,
      at: at === '' ? undefined : new Date(at),
    },
  };
}

async function fromDrill() {
  const bytes = async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    return response.arrayBuffer();
  };
  const [catalogue, anchors] = await Promise.all([bytes('/platform/catalogue.xml'), bytes('/platform/anchors.pem')]);
  return { catalogue, options: { anchors: [anchors], environment: 'Drill' } };
}

/** Judges, and replaces the result. */
async function show(input) {
  result.setAttribute('aria-busy', 'true');
  try {
    const { catalogue, options } = await input;
    const verdict = await verify(catalogue, options);
    const listed = await services(catalogue, options);
    result.replaceChildren(
      accepted(verdict),
      ...(verdict.lint.length > 0 ? [lint(verdict.lint)] : []),
      table(listed.services),
    );
  } catch (error) {
    result.replaceChildren(refused(error));
  } finally {
    result.setAttribute('aria-busy', 'false');
  }
}

function refused(error) {
  const code = isBcpError(error) ? error.code : undefined;
  return h(
    'div',
    { class: 'card' },
    h('div', { class: 'verdict' }, h('h2', {}, 'Verdict'), badge('bad', code ? '✕ refused' : '✕ not checked')),
    code && h('p', {}, 'Code: ', h('strong', { class: 'mono' }, code)),
    h('p', {}, error.message),
  );
}

function accepted(verdict) {
  const facts = {
    Environment: verdict.environment,
    Issued: verdict.issueInstant,
    'Signed by': verdict.signer.cn,
    'Certificate issued by': verdict.signer.issuer,
    'Certificate valid': `${verdict.signer.notBefore} to ${verdict.signer.notAfter}`,
    'Certificate SHA-256': verdict.signer.sha256,
    Contents: `${verdict.services} services, ${verdict.endpoints} endpoints, schema version ${verdict.version}`,
  };
  return h(
    'div',
    { class: 'card' },
    h('div', { class: 'verdict' }, h('h2', {}, 'Verdict'), badge('good', '✓ accepted')),
    h(
      'dl',
      { class: 'facts' },
      ...Object.entries(facts).map(([name, value]) =>
        h('div', {}, h('dt', {}, name), h('dd', { class: name.includes('SHA') ? 'mono' : undefined }, value)),
      ),
    ),
  );
}

function lint(findings) {
  return h(
    'div',
    { class: 'card' },
    h('h2', {}, 'Remarks'),
    h(
      'ul',
      {},
      ...findings.map((finding) =>
        h(
          'li',
          {},
          h('strong', { class: 'mono' }, finding.code),
          ' ',
          h('span', { class: 'mono' }, finding.place),
          finding.detail && ` — ${finding.detail}`,
        ),
      ),
    ),
  );
}

function table(list) {
  return h(
    'div',
    { class: 'card' },
    h(
      'table',
      { class: 'stack' },
      h('caption', {}, 'Services'),
      h(
        'thead',
        {},
        h('tr', {}, ...['Service', 'Call', 'Status', 'Other endpoints'].map((text) => h('th', { scope: 'col' }, text))),
      ),
      h('tbody', {}, ...list.map(row)),
    ),
  );
}

function row(service) {
  const byOrder = [...service.endpoints].sort((a, b) => a.order - b.order);
  // What the published list says; an application asks the client, which knows what fails.
  const call = service.quarantined ? undefined : byOrder.find((endpoint) => endpoint.status === 'ACTIVE');
  const state = service.quarantined
    ? badge('bad', `✕ ${service.quarantined}`)
    : !call
      ? badge('bad', '✕ no active endpoint')
      : call.order !== byOrder[0].order
        ? badge('warn', '⇄ recovery endpoint')
        : badge('good', '✓ main endpoint');
  return h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'wide' }, service.name, h('div', { class: 'mono soft id' }, service.id)),
    h('td', { 'data-label': 'Call' }, call ? h('span', { class: 'mono' }, call.url) : '—'),
    h(
      'td',
      { 'data-label': 'Status' },
      state,
      service.cache && h('div', { class: 'small soft' }, `cache: ${service.cache.strategy}`),
    ),
    h(
      'td',
      { 'data-label': 'Other endpoints' },
      h(
        'ul',
        { class: 'endpoints' },
        ...byOrder
          .filter((each) => each !== call)
          .map((each) => h('li', {}, h('span', { class: 'mono' }, each.url), ` ${each.status}, order ${each.order}`)),
      ),
    ),
  );
}
