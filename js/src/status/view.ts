// What <bcp-status> shows, as nodes. Text is text, never HTML.
import type { ClientStatus, ProcedureItem, ProcedureOverview } from '../types.js';
import { type Counts, type Group, type OverallState, type StatusLang, type StatusTexts, statusTexts } from './texts.js';

/** Everything that the panel shows. */
export interface View {
  lang: StatusLang;
  state: OverallState;
  items: readonly ProcedureItem[];
  texts: StatusTexts;
  catalogue: ClientStatus['catalogue'];
  trust: ClientStatus['trust'];
  /** What is missing, and since when it was seen. */
  fault: { code: string; atMs: number } | undefined;
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
const signs: Record<OverallState, string> = {
  unused: '·',
  normal: '✓',
  continuity: '⇄',
  degraded: '!',
  stale: '◷',
  unprotected: '○',
  unknown: '…',
};

const isElsewhere = ({ way, uncertain }: ProcedureItem): boolean =>
  !uncertain && (way === 'recovery' || way === 'fallback' || way === 'cache');
const isCalm = ({ way, uncertain }: ProcedureItem): boolean => !uncertain && (way === 'normal' || way === 'unwatched');

export function overallOf(status: ClientStatus | undefined, overview: ProcedureOverview | undefined): OverallState {
  if (!status) return 'unknown';
  if (status.phase !== 'ready') return 'unprotected';
  if (!overview) return 'unknown';
  const isQuiet = overview.overall !== 'degraded' && overview.overall !== 'continuity';
  return isQuiet && status.catalogue?.stale ? 'stale' : overview.overall;
}

export function badgeOf({ way, uncertain, answeredAtMs }: ProcedureItem, texts: StatusTexts): string {
  if (uncertain) return texts.ways.uncertain;
  return texts.ways[way === 'normal' && !answeredAtMs ? 'unused' : way];
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

// Names are those of functionalities whose title is in the language of the panel.
function countsOf(items: readonly ProcedureItem[], lang: StatusLang, maxNames: number): Counts {
  const colon = lang === 'fr' ? '\u00a0: ' : ': ';
  const group = (is: (item: ProcedureItem) => boolean): Group => {
    const found = items.filter(is);
    const isNamed = found.length > 0 && found.length <= maxNames && found.every((item) => item.lang === lang);
    return { count: found.length, names: isNamed ? colon + found.map(({ title }) => title).join(', ') : '' };
  };
  const out = group(({ way }) => way === 'lastResort');
  const unsure = group(
    ({ way, uncertain }) => way !== 'lastResort' && (uncertain === true || way === 'retry' || way === 'unconfirmed'),
  );
  return { all: items.length, out, unsure, elsewhere: items.filter(isElsewhere).length };
}

/** The whole panel, in reading order. */
export function panel(view: View): Node[] {
  const rest = [...sections(view), ...catalogueLine(view), foot(view)];
  const top = [heading(view), make('p', { part: 'about' }, view.texts.about[view.state](checked('since', view)))];
  if (!view.isCompact) return [...top, ...rest];
  return [heading(view), folded(view, 'all', view.texts.more, [top[1]!, ...rest])];
}

function heading({ state, texts, headingLevel, ...view }: View): Node {
  return make(
    'div',
    { class: 'top' },
    make(`h${headingLevel}`, { part: 'heading', id: 'heading' }, texts.heading),
    make(
      'p',
      { part: 'overall', class: tone(state) },
      make('span', { 'aria-hidden': 'true' }, signs[state]),
      ` ${headlineOf.overall({ state, texts, headingLevel, ...view })}`,
    ),
  );
}

/** What does not work or is not sure comes first, then what goes on another way; the rest is one click away. */
function sections(view: View): Node[] {
  const { items, texts, headingLevel } = view;
  const open = (name: 'attention' | 'elsewhere') => {
    const of = items.filter((item) => !isCalm(item) && isElsewhere(item) === (name === 'elsewhere'));
    if (of.length === 0) return [];
    const title = make(`h${headingLevel + 1}`, { class: 'sub' }, texts[name](of.length));
    return [make('section', { part: 'section' }, title, make('ul', {}, ...of.map((item) => concern(item, view))))];
  };
  const calm = (['normal', 'unwatched'] as const).flatMap((way) => {
    const of = items.filter((item) => isCalm(item) && item.way === way);
    return of.length === 0
      ? []
      : [folded(view, way, texts[way](of.length), [make('ul', {}, ...of.map((item) => quiet(item, view)))])];
  });
  return [...open('attention'), ...open('elsewhere'), ...calm];
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
      make('span', { part: 'way', class: tone(item.uncertain ? 'uncertain' : item.way) }, badgeOf(item, texts)),
      ...(when ? [make('span', { part: 'since' }, when)] : []),
    ),
    ...rest,
  );
}

/** What happens and what to do, in this order. What may not help everybody is followed by the last resort. */
function concern(item: ProcedureItem, view: View): Node {
  const { texts } = view;
  const paragraph = (text: string) => make('p', { class: 'when' }, text);
  const otherwise = () => [make('p', { class: 'otherwise' }, texts.otherwise), ...steps(item, item.lastResort)];
  const failed = item.failedAtMs ? [paragraph(texts.failed(phrase('at', item.failedAtMs, texts)))] : [];
  const again = item.retryAtMs ? [paragraph(texts.tryAgain(phrase('after', item.retryAtMs, texts)))] : [];
  if (item.uncertain) return entry(item, view, ...steps(item, item.mayHaveArrived));
  switch (item.way) {
    case 'recovery':
      return entry(item, view, ...steps(item, item.recovery));
    case 'fallback':
      return entry(item, view, ...steps(item, item.fallback), ...otherwise());
    case 'cache':
      return entry(item, view, ...steps(item, item.cache), ...otherwise(), ...again);
    case 'unconfirmed':
      return entry(item, view, ...steps(item, item.unconfirmed), ...otherwise());
    case 'retry':
      return entry(item, view, ...failed, ...steps(item, item.retry), ...otherwise());
    case 'lastResort':
      return entry(item, view, ...steps(item, item.lastResort), ...again);
    case 'normal':
    case 'unwatched':
      return entry(item, view);
  }
}

/** A functionality without concern; what to do in an outage can be read before there is one. */
function quiet(item: ProcedureItem, view: View): Node {
  const guide = folded(view, item.functionality, view.texts.guidance, guideOf(item, view.texts));
  guide.setAttribute('part', 'guide');
  guide.firstElementChild?.setAttribute('aria-label', `${view.texts.guidance}: ${item.title}`);
  return entry(item, view, guide);
}

/** Every text of a functionality, under the name of its way. What sends has no use for kept answers. */
function guideOf(item: ProcedureItem, texts: StatusTexts): Node[] {
  const acts = (item.mayHaveArrived?.length ?? 0) > 0;
  return (['recovery', 'fallback', 'cache', 'mayHaveArrived', 'lastResort'] as const).flatMap((kind) =>
    item[kind]?.length && !(acts && kind === 'cache')
      ? [make('p', { class: 'otherwise' }, texts.steps[kind]), ...steps(item, item[kind])]
      : [],
  );
}

/** Whole sentences; numbered when there is more than one. */
function steps({ lang }: ProcedureItem, sentences: readonly string[] | undefined): Node[] {
  if (!sentences?.length) return [];
  return [
    make(
      sentences.length > 1 ? 'ol' : 'ul',
      { part: 'guidance', lang, class: sentences.length > 1 ? '' : 'one' },
      ...sentences.map((sentence) => make('li', {}, sentence)),
    ),
  ];
}

function checked(kind: 'at' | 'since', { catalogue, texts }: View): string {
  return catalogue ? phrase(kind, catalogue.checkedAtMs, texts) : '';
}

function catalogueLine(view: View): Node[] {
  const { catalogue, state, texts } = view;
  if (!catalogue) return [];
  if (catalogue.stale)
    return state === 'stale'
      ? []
      : [make('p', { part: 'catalogue', class: 'stale' }, `◷ ${texts.stale(checked('since', view))}`)];
  return [
    make('p', { part: 'catalogue' }, texts.catalogue(moment(catalogue.issueInstantMs, texts), checked('at', view))),
  ];
}

function foot(view: View): Node {
  const { items, texts, fault, trust } = view;
  const ending = trust?.expiring?.[0];
  const sources = [
    ...new Set(items.filter((item) => !isCalm(item)).map(({ source }) => texts.source(source.title, source.publisher))),
  ];
  const services = [...new Set(items.filter((item) => !isCalm(item)).flatMap((item) => item.services ?? []))].map(
    (id) => id.split(':').slice(-2).join(':'),
  );
  const button = (name: string, text: string, press: () => void) => {
    const made = make('button', { part: name, type: 'button', id: name }, text);
    made.addEventListener('click', press);
    return made;
  };
  return make(
    'div',
    { class: 'foot' },
    ...(sources.length > 0 ? [make('p', { part: 'source' }, sources.join(' '))] : []),
    make(
      'div',
      { part: 'helpdesk' },
      make('strong', {}, texts.helpdesk),
      ' ',
      ...(fault ? [make('span', { part: 'code' }, texts.code(fault.code, phrase('at', fault.atMs, texts))), ' '] : []),
      ...(ending ? [make('span', { part: 'trust' }, texts.trust(moment(ending.endsMs, texts))), ' '] : []),
      ...(services.length > 0 ? [make('span', { part: 'services' }, services.join(', ')), ' '] : []),
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
      button('print', texts.print, view.print),
      button('print-card', texts.card, view.printCard),
      ...(view.canExport ? [button('export', texts.exportLog, view.exportLog)] : []),
    ),
  );
}

/** The emergency card: made for paper. */
export function emergencyCard(
  items: readonly ProcedureItem[],
  texts: StatusTexts,
  lang: StatusLang,
  practice: string,
): HTMLElement {
  const byName = [...items].sort((a, b) => a.title.localeCompare(b.title, lang));
  return make(
    'div',
    { part: 'card', lang, class: 'card' },
    make('h1', {}, texts.cardTitle),
    ...byName.map((item) => make('section', {}, make('h2', { lang: item.lang }, item.title), ...guideOf(item, texts))),
    make('p', {}, `${texts.statusSite}: ${statusSite}`),
    make('p', {}, headlineOf.printed(lang, practice)),
  );
}

function tone(state: string): string {
  switch (state) {
    case 'normal':
      return 'good';
    case 'recovery':
    case 'fallback':
    case 'cache':
    case 'continuity':
    case 'stale':
    case 'unprotected': // nothing was seen to be down
      return 'warn';
    case 'uncertain':
    case 'unconfirmed':
    case 'retry':
    case 'lastResort':
    case 'degraded':
      return 'bad';
    default:
      return 'calm';
  }
}

/** The day of the reader, at whose end a time alone is no longer enough. */
export const dayOf = (atMs: number): string => new Date(atMs).toDateString();

/** A moment as it stands in a sentence. Of today the time says it, and is read faster. */
function phrase(kind: 'at' | 'since' | 'after', atMs: number, texts: StatusTexts): string {
  const isToday = dayOf(atMs) === dayOf(Date.now());
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
