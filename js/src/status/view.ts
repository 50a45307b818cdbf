// What <bcp-status> shows, as nodes. Text is text, never HTML.
import type { ClientStatus, ProcedureItem, ProcedureOverview, ServiceStatus, Way } from '../types.js';
import { type Counts, type Group, type OverallState, type StatusLang, type StatusTexts, statusTexts } from './texts.js';

/** Everything that the panel shows. */
export interface View {
  lang: StatusLang;
  state: OverallState;
  items: readonly ProcedureItem[];
  texts: StatusTexts;
  catalogue: ClientStatus['catalogue'];
  trust: ClientStatus['trust'];
  /** The Ids of the services that fail, those of the worst functionality first. */
  failing: readonly string[];
  /** What is missing, and since when it was seen. */
  fault: { code: string; atMs: number } | undefined;
  /** Nothing was heard of the application for a while. */
  isSilent: boolean;
  isCompact: boolean;
  practice: string;
  headingLevel: number;
  /** The sections that the reader unfolded. */
  open: Set<string>;
  canExport: boolean;
  print: () => void;
  printCard: () => void;
  exportLog: () => void;
}

const statusSite = 'https://status.ehealth.fgov.be/';
// With the whole year, which the short style of French leaves out.
const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const time = { hour: '2-digit', minute: '2-digit' } as const;
const toBeWritten = '.'.repeat(60); // by hand, where the application gives no number
const maxFailing = 5; // services that one can read out on the telephone
const minuteMs = 60_000;
const maxRank = 1e3; // behind whatever is needed first
const maxOpen = 5; // concerns of a bad day; when there are more, what the reader needs first stands open

/** What a colour says: it cannot be done electronically, something is to be done, it works, or nothing was seen. */
type Tone = 'bad' | 'warn' | 'good' | 'calm';

// Beside each colour, which not everybody sees.
const marks: Record<Tone, string> = { bad: '✕', warn: '!', good: '✓', calm: '·' };
const signs: Partial<Record<OverallState, string>> = {
  continuity: '⇄',
  stale: '◷',
  unprotected: '○',
  unknown: '…',
};

/** Where an item stands in the panel. */
type Place = 'attention' | 'kept' | 'rerouted' | 'normal' | 'unused' | 'unwatched';

const shown: readonly Place[] = ['attention', 'kept', 'rerouted'];
const foldedAway: readonly Place[] = ['normal', 'unused', 'unwatched'];

const places: Record<Way, Place> = {
  lastResort: 'attention',
  retry: 'attention',
  unconfirmed: 'attention',
  cache: 'kept',
  fallback: 'rerouted',
  recovery: 'rerouted',
  normal: 'normal',
  unwatched: 'unwatched',
};

function placeOf({ way, uncertain, answeredAtMs }: ProcedureItem): Place {
  if (uncertain) return 'attention';
  return way === 'normal' && !answeredAtMs ? 'unused' : places[way];
}

const isCalm = (item: ProcedureItem): boolean => foldedAway.includes(placeOf(item));

const tones: Record<Place, Tone> = {
  attention: 'warn',
  kept: 'warn',
  rerouted: 'good',
  normal: 'good',
  unused: 'calm',
  unwatched: 'calm',
};

function toneOf(item: ProcedureItem): Tone {
  if (item.way === 'lastResort') return 'bad';
  if (placeOf(item) === 'kept' && item.keptSuffices) return 'good';
  // a way from which nothing answered is one that the caregiver takes himself
  return item.way === 'fallback' && !item.answeredAtMs ? 'warn' : tones[placeOf(item)];
}

function toneOfAll({ state, items, fault }: View): Tone {
  if (state === 'unprotected' && fault) return 'warn';
  if (state !== 'normal' && state !== 'continuity' && state !== 'degraded') return 'calm';
  return (['bad', 'warn'] as const).find((tone) => items.some((item) => toneOf(item) === tone)) ?? 'good';
}

/**
 * What is to be done at once: stay signed in, where one could not sign in again; and take paper, where several services
 * fail and nothing has answered since.
 */
export function nowOf(items: readonly ProcedureItem[], { now }: StatusTexts): string[] {
  const out = items.filter(({ way }) => way === 'lastResort' || way === 'retry');
  const cannotSignIn = out.some(({ functionality }) => functionality === 'login');
  const areMany = new Set(out.flatMap(({ services }) => services ?? [])).size > 1;
  const sinceMs = Math.min(...out.map((item) => item.sinceMs ?? 0));
  if (items.some(({ answeredAtMs = 0 }) => answeredAtMs > sinceMs)) return cannotSignIn ? [now.stay] : [];
  return cannotSignIn || areMany ? [now.stay, now.paper] : [];
}

/** Also services that decide nothing, because another one is worse: a helpdesk hears of all. */
export function failingOf(items: readonly ProcedureItem[], services: readonly ServiceStatus[] = []): string[] {
  const concerned = items.filter((item) => !isCalm(item)).flatMap((item) => item.services ?? []);
  const others = services.filter(({ health }) => health.down || health.failedOver || health.failures?.length);
  return [...new Set([...concerned, ...others.map(({ id }) => id)])];
}

export function overallOf(status: ClientStatus | undefined, overview: ProcedureOverview | undefined): OverallState {
  if (!status) return 'unknown';
  if (status.phase !== 'ready') return 'unprotected';
  if (!overview) return 'unknown';
  const isQuiet = overview.overall !== 'degraded' && overview.overall !== 'continuity';
  return isQuiet && status.catalogue?.stale ? 'stale' : overview.overall;
}

export function badgeOf(item: ProcedureItem, texts: StatusTexts): string {
  if (item.uncertain) return texts.ways.uncertain;
  return texts.ways[placeOf(item) === 'unused' ? 'unused' : item.way];
}

export const headlineOf = {
  /** With the names of what fails, where there is room; what is announced says them itself. */
  overall({ state, items, lang, texts }: View, maxNames = 2): string {
    const text = texts.overall[state];
    return typeof text === 'string' ? text : text(countsOf(items, lang, maxNames));
  },
  printed(lang: StatusLang, practice: string): string {
    const texts = statusTexts[lang];
    return [texts.printed(moment(Date.now(), texts)), practice].filter(Boolean).join(' · ');
  },
};

const colonOf = (lang: StatusLang): string => (lang === 'fr' ? '\u00a0: ' : ': ');

// Names are those of functionalities whose title is in the language of the panel.
function countsOf(items: readonly ProcedureItem[], lang: StatusLang, maxNames: number): Counts {
  const group = (is: (item: ProcedureItem) => boolean): Group => {
    const found = items.filter(is);
    const isNamed = found.length > 0 && found.length <= maxNames && found.every((item) => item.lang === lang);
    return { count: found.length, names: isNamed ? colonOf(lang) + found.map(({ title }) => title).join(', ') : '' };
  };
  return {
    all: items.length,
    out: group(({ way }) => way === 'lastResort'),
    unsure: group((item) => item.way !== 'lastResort' && placeOf(item) === 'attention'),
    rerouted: { ...group((item) => placeOf(item) === 'rerouted'), names: '' },
    kept: { ...group((item) => placeOf(item) === 'kept'), names: '' },
  };
}

/** The whole panel, in reading order. */
export function panel(view: View): Node[] {
  const top = topOf(view);
  const about = top?.saysAll ? [] : [make('p', { part: 'about' }, aboutOf(view))];
  const rest = [...about, ...sections(view), ...basis(view), foot(view, top)];
  return [
    heading(view),
    ...(top ? [nowBlock(top, view)] : []),
    ...(view.isCompact ? [folded(view, 'all', view.texts.more, rest)] : rest),
  ];
}

function heading(view: View): Node {
  const tone = toneOfAll(view);
  return make(
    'div',
    { class: 'top' },
    make(`h${view.headingLevel}`, { part: 'heading', id: 'heading' }, view.texts.heading),
    marked('p', 'overall', tone, headlineOf.overall(view), signs[view.state]),
  );
}

function marked(name: string, part: string, tone: Tone, text: string, sign = marks[tone]): HTMLElement {
  return make(name, { part, class: tone }, make('span', { 'aria-hidden': 'true' }, `${sign} `), text);
}

function aboutOf(view: View): string {
  const { state, items, texts } = view;
  switch (state) {
    case 'normal': {
      const lastMs = Math.max(...items.map(({ answeredAtMs }) => answeredAtMs ?? 0));
      return texts.about.normal(lastMs > 0 ? phrase('at', lastMs, texts) : '');
    }
    case 'continuity':
      return texts.about.continuity(toneOfAll(view) === 'warn');
    case 'stale':
      return texts.about.stale(checked('since', view));
    case 'unknown':
      return texts.about[view.isSilent ? 'silent' : 'unknown'];
    default:
      return texts.about[state];
  }
}

/** What is to be done at once, above everything else. */
interface Top {
  tone: Tone;
  steps: Node;
  hasCard: boolean;
  /** Nothing else is to be said of what to do. */
  saysAll: boolean;
}

/** For all that is hit, where there is no list yet, or for the one functionality that asks attention. */
function topOf(view: View): Top | undefined {
  const { items, texts, state, fault } = view;
  const now = nowOf(items, texts);
  const only = onlyConcern(view);
  const isPaper = now.includes(texts.now.paper);
  if (now.length > 0) {
    const steps = listed([...now, ...(view.isCompact ? lookedUpFirst(items) : [])]);
    return { tone: 'bad', steps, hasCard: true, saysAll: isPaper };
  }
  if (state === 'unprotected' && fault) return withoutList(view);
  return only && { tone: toneOf(only), steps: steps(only, stepsOf(only))[0]!, hasCard: false, saysAll: true };
}

/** Where to look before sending again: what is folded away could be sent twice. */
const lookedUpFirst = (items: readonly ProcedureItem[]): Node[] =>
  items.flatMap(({ uncertain, lang, mayHaveArrived: [look] = [] }) =>
    uncertain && look ? [make('span', { lang }, look)] : [],
  );

/** The number of the helpdesk is the application's. Without a core there is no guidance, so nothing to print. */
function withoutList({ items, texts }: View): Top {
  const { goOn, print, lasts, helpdesk } = texts.now;
  const hasCard = items.length > 0;
  const call = make('span', {}, lasts, make('slot', { name: 'helpdesk' }, helpdesk), '.');
  return { tone: 'warn', steps: listed([goOn, ...(hasCard ? [print] : []), call]), hasCard, saysAll: false };
}

function nowBlock({ tone, steps, hasCard }: Top, view: View): Node {
  return make(
    'section',
    { part: 'now', class: tone, 'aria-labelledby': 'now' },
    make(`h${view.headingLevel + 1}`, { class: 'sub', id: 'now' }, view.texts.now.title),
    steps,
    ...(hasCard ? [cardButton(view)] : []),
  );
}

/** The one functionality that asks attention, if it is one, and nothing that holds for all is to be done first. */
function onlyConcern({ items, texts }: View): ProcedureItem | undefined {
  const [only, ...more] = items.filter((item) => placeOf(item) === 'attention');
  return more.length === 0 && nowOf(items, texts).length === 0 && only && stepsOf(only)?.length ? only : undefined;
}

const stepsOf = (item: ProcedureItem): string[] | undefined =>
  item.uncertain ? item.mayHaveArrived : item[item.way as 'lastResort' | 'retry' | 'unconfirmed'];

function button(name: string, text: string, press: () => void): HTMLElement {
  const made = make('button', { part: name, type: 'button', id: name }, text);
  made.addEventListener('click', press);
  return made;
}

const cardButton = ({ texts, printCard }: View): HTMLElement => button('print-card', texts.card, printCard);

/** What does not work or is not sure comes first, then what goes on another way; the rest is one click away. */
function sections(view: View): Node[] {
  const { items, texts, headingLevel } = view;
  const of = (place: Place) => items.filter((item) => placeOf(item) === place);
  const open = shown.flatMap((place) => {
    if (of(place).length === 0) return [];
    const title = make(`h${headingLevel + 1}`, { class: 'sub' }, texts[place](of(place).length));
    return [make('section', { part: 'section' }, title, ...concerns(of(place), view))];
  });
  const calm = foldedAway.flatMap((place) => {
    if (of(place).length === 0) return [];
    const list = make('ul', {}, ...of(place).map((item) => quiet(item, view)));
    return [folded(view, place, texts[place](of(place).length), [list])];
  });
  return [...open, ...calm];
}

/** Where many are hit, those that the reader needs first, and what he must look up, stand open. */
function concerns(items: readonly ProcedureItem[], view: View): Node[] {
  const list = (some: readonly ProcedureItem[]) => make('ul', {}, ...some.map((item) => concern(item, view)));
  const first = items.filter((item) => item.first || item.uncertain);
  if (items.length <= maxOpen || first.length === 0 || first.length === items.length) return [list(items)];
  const rest = items.filter((item) => !first.includes(item));
  return [list(first), folded(view, 'rest', view.texts.rest(rest.length), [list(rest)])];
}

function folded(view: View, name: string, summary: string, content: Node[]): HTMLElement {
  const details = make(
    'details',
    { part: 'section', ...(view.open.has(name) ? { open: '' } : {}) },
    make('summary', { id: `summary-${name}` }, summary),
    ...content,
  );
  details.addEventListener('toggle', () => {
    const { open, dataset } = details as HTMLDetailsElement;
    if (open && !('printed' in dataset)) view.open.add(name);
    else view.open.delete(name);
  });
  return details;
}

function entry(item: ProcedureItem, view: View, ...rest: Node[]): Node {
  const { texts } = view;
  const when = isCalm(item)
    ? item.answeredAtMs && texts.answered(phrase('at', item.answeredAtMs, texts))
    : item.sinceMs && phrase('since', item.sinceMs, texts);
  return make(
    'li',
    {
      part: 'item',
      'data-functionality': item.functionality,
      'data-way': item.way,
      ...(item.uncertain ? { 'data-uncertain': '' } : {}),
    },
    make(
      'div',
      { class: 'line' },
      make('strong', { part: 'title', lang: item.lang }, item.title),
      marked('span', 'way', toneOf(item), badgeOf(item, texts)),
      ...(when ? [make('span', { part: 'since' }, when)] : []),
    ),
    ...rest,
  );
}

/** What to do, then what happened. What may not help everybody has the last resort folded beneath. */
function concern(item: ProcedureItem, view: View): Node {
  const { texts } = view;
  const paragraph = (text: string) => make('p', { class: 'when' }, text);
  const otherwise = (...more: Node[]) =>
    guide(item, view, 'otherwise', texts.otherwise, [...steps(item, item.lastResort), ...more]);
  const failed = item.failedAtMs ? [paragraph(texts.failed(phrase('at', item.failedAtMs, texts)))] : [];
  const again = item.retryAtMs ? [paragraph(texts.tryAgain(phrase('after', item.retryAtMs, texts)))] : [];
  const own = item === onlyConcern(view) ? [] : steps(item, stepsOf(item)); // which else stand at the top
  if (item.uncertain) return entry(item, view, ...own, otherwise());
  switch (item.way) {
    case 'recovery': {
      const left = [...stepsFor(item, 'fallback', texts), ...stepsFor(item, 'lastResort', texts)];
      return entry(item, view, ...steps(item, item.recovery), guide(item, view, 'otherwise', texts.otherwise, left));
    }
    case 'fallback':
      return entry(item, view, ...steps(item, item.fallback), otherwise());
    case 'cache':
      return item.keptSuffices
        ? entry(item, view, ...steps(item, item.cache), otherwise(...again))
        : entry(item, view, ...steps(item, item.cache), ...again, otherwise());
    case 'unconfirmed':
      return entry(item, view, ...own, otherwise());
    case 'retry':
      return entry(item, view, ...own, ...failed, otherwise());
    case 'lastResort':
      return entry(item, view, ...own, ...again);
    case 'normal':
    case 'unwatched':
      return entry(item, view);
  }
}

/** A functionality without concern; what to do in an outage can be read before there is one, and stands on the card. */
function quiet(item: ProcedureItem, view: View): Node {
  const { texts } = view;
  const made = guide(item, view, 'guide', texts.guidance, guideOf(item, texts));
  made.classList.add('calm');
  return entry(item, view, made);
}

/** Folded guidance of a functionality, which a screen reader names with it. */
function guide(item: ProcedureItem, view: View, name: string, summary: string, content: Node[]): HTMLElement {
  const made = folded(view, `${name}-${item.functionality}`, summary, content);
  made.setAttribute('part', 'guide');
  made.firstElementChild?.setAttribute('aria-label', `${summary}: ${item.title}`);
  return made;
}

/** Every text of a functionality, under the name of its way. Of kept answers only those that help for sure. */
function guideOf(item: ProcedureItem, texts: StatusTexts): Node[] {
  const kinds = ['recovery', 'fallback', 'cache', 'mayHaveArrived', 'lastResort'] as const;
  return kinds.flatMap((kind) => (kind === 'cache' && !item.keptSuffices ? [] : stepsFor(item, kind, texts)));
}

function stepsFor(item: ProcedureItem, kind: keyof StatusTexts['steps'], texts: StatusTexts): Node[] {
  return item[kind]?.length ? [make('p', { class: 'otherwise' }, texts.steps[kind]), ...steps(item, item[kind])] : [];
}

function steps({ lang }: ProcedureItem, sentences: readonly string[] | undefined): Node[] {
  return sentences?.length ? [listed(sentences, { part: 'guidance', lang })] : [];
}

/** Whole sentences; numbered when there is more than one. */
function listed(sentences: readonly (string | Node)[], attributes: Record<string, string> = {}): HTMLElement {
  const [name, className] = sentences.length > 1 ? ['ol', ''] : ['ul', 'one'];
  return make(name!, { ...attributes, class: className! }, ...sentences.map((sentence) => make('li', {}, sentence)));
}

function checked(kind: 'at' | 'since', { catalogue, texts }: View): string {
  return catalogue ? phrase(kind, catalogue.checkedAtMs, texts) : '';
}

/** What the panel rests on: the list of services, folded unless it is old, and who says what to do. */
function basis(view: View): Node[] {
  const { items, catalogue, state, texts } = view;
  const line = (part: string, text: string) => make('p', { part }, text);
  const sources = [
    ...new Set(items.filter((item) => !isCalm(item)).map(({ source }) => texts.source(source.title, source.publisher))),
  ];
  const said = sources.length > 0 ? [line('source', sources.join(' '))] : [];
  if (catalogue) {
    const list = texts.catalogue(moment(catalogue.issueInstantMs, texts), checked('at', view));
    said.unshift(line('catalogue', list));
  }
  return [
    ...(catalogue?.stale && state !== 'stale'
      ? [line('catalogue', `${signs.stale} ${texts.stale(checked('since', view))}`)]
      : []),
    ...(said.length > 0 ? [folded(view, 'basis', texts.basis, said)] : []),
  ];
}

function foot(view: View, top: Top | undefined): Node {
  const { items, texts, fault, trust, failing } = view;
  const ending = trust?.expiring?.[0];
  return make(
    'div',
    { class: 'foot' },
    make(
      'div',
      { part: 'helpdesk' },
      make('strong', {}, texts.helpdesk),
      ' ',
      ...(fault ? [make('span', { part: 'code' }, texts.code(fault.code, phrase('at', fault.atMs, texts))), ' '] : []),
      ...(ending ? [make('span', { part: 'trust' }, texts.trust(moment(ending.endsMs, texts))), ' '] : []),
      ...(failing.length > 0 ? [make('span', { part: 'services' }, namesOf(failing, texts)), ' '] : []),
      make('slot', { name: 'helpdesk' }),
      ' ',
      make(
        'a',
        { part: 'status-site', id: 'status-site', href: statusSite, target: '_blank', rel: 'noopener noreferrer' },
        texts.statusSite,
      ),
    ),
    make('p', { part: 'printed' }),
    make(
      'div',
      { class: 'buttons' },
      ...(top?.hasCard || items.length === 0 ? [] : [cardButton(view)]),
      button('print', texts.print, view.print),
      ...(view.canExport ? [button('export', texts.exportLog, view.exportLog)] : []),
    ),
  );
}

// An Id ends with the name and the version; some genuine ones have an apostrophe behind.
function namesOf(ids: readonly string[], texts: StatusTexts): string {
  const names = ids.slice(0, maxFailing).map((id) => {
    const [, name, version] = /([^:]*?)(?::v([\d.]+)\W*)?$/.exec(id)!;
    return version ? `${name} ${texts.version} ${version}` : name;
  });
  return texts.failing(names.join(', '), Math.max(ids.length - maxFailing, 0));
}

/**
 * The emergency card, made for paper: what to do without each functionality. What works another way asks nothing, and
 * the panel says it.
 */
export function emergencyCard(
  items: readonly ProcedureItem[],
  lang: StatusLang,
  practice: string,
  helpdesk: string,
): HTMLElement {
  const texts = statusTexts[lang];
  const rankOf = ({ first = maxRank }: ProcedureItem) => first;
  const inOrder = [...items].sort((a, b) => rankOf(a) - rankOf(b) || a.title.localeCompare(b.title, lang));
  return make(
    'div',
    { part: 'card', lang, class: 'card' },
    make('h1', {}, texts.cardTitle),
    make('section', {}, make('h2', {}, texts.steps.lastResort), make('p', {}, texts.now.stay)),
    ...inOrder.map((item) =>
      make('section', {}, make('h2', { lang: item.lang }, item.title), ...cardSteps(item, texts)),
    ),
    make(
      'footer',
      {},
      make('p', {}, `Helpdesk${colonOf(lang)}${helpdesk || toBeWritten}`),
      make('p', {}, `${texts.statusSite}${colonOf(lang)}${statusSite}`),
      make('p', {}, headlineOf.printed(lang, practice)),
    ),
  );
}

/** Another route comes before the last resort, which then has a condition. */
function cardSteps(item: ProcedureItem, texts: StatusTexts): Node[] {
  const route = stepsFor(item, 'fallback', texts);
  const otherwise = route.length > 0 ? [make('p', { class: 'otherwise' }, texts.otherwise)] : [];
  return [...route, ...otherwise, ...steps(item, item.lastResort), ...stepsFor(item, 'mayHaveArrived', texts)];
}

/** The day of the reader, at whose end a time alone is no longer enough. */
export const dayOf = (atMs: number): string => new Date(atMs).toDateString();

/** A moment as it stands in a sentence. Of today the time says it, and is read faster. */
function phrase(kind: 'at' | 'since' | 'after', atMs: number, texts: StatusTexts): string {
  const isToday = dayOf(atMs) === dayOf(Date.now());
  if (kind === 'after') atMs = Math.ceil(atMs / minuteMs) * minuteMs; // what is shown must have passed
  return texts[kind](isToday ? new Intl.DateTimeFormat(texts.locale, time).format(atMs) : moment(atMs, texts), isToday);
}

function moment(atMs: number, texts: StatusTexts): string {
  return new Intl.DateTimeFormat(texts.locale, { ...day, ...time }).format(atMs);
}

/** Makes an element; text is text, never HTML. */
export function make(name: string, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
