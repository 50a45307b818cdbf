import { check } from '../base/check.js';
import type { Kind } from '../base/kinds.js';
import { statusStyle } from './style.js';
import { type OverallState, type StatusTexts, statusLang, statusTexts } from './texts.js';
import type { BcpClient, ClientStatus, ProcedureItem, ProcedureOverview } from '../types.js';

/** What the element needs of a client. */
export type StatusClient = Pick<BcpClient, 'status' | 'subscribe' | 'procedures'>;

// Events come in bursts (one call: failed, switched, answered); the panel follows once they are over.
const settleMs = 100;
// Nothing tells that the catalogue grew old, or that a cool-down ended.
const lookMs = 30_000;

const aClient: Kind = {
  words: 'a client of createBcpClient',
  is: (client) => typeof (client as StatusClient | null)?.subscribe === 'function',
};

const signs: Record<OverallState, string> = { normal: '✓', continuity: '⇄', degraded: '!', stale: '◷', unprotected: '✕', unknown: '…' };

// Node has no elements; importing must not fail there.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The status panel. Set `client`; `lang` is an attribute, by default the page's own language. */
export class BcpStatusElement extends Base {
  static readonly observedAttributes = ['lang'];

  #client: StatusClient | undefined;
  #release: (() => void) | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #reading = 0;
  #shown = '';
  #announced: { overall: string; ways: Map<string, string> } | undefined;
  readonly #openSections = new Set<string>();

  get client(): StatusClient | undefined {
    return this.#client;
  }

  set client(client: StatusClient | undefined) {
    if (client) check('client', client, aClient);
    this.#client = client;
    this.#announced = undefined;
    if (this.isConnected) this.#follow();
  }

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [statusStyle()];
      root.append(make('div', { part: 'panel' }), make('p', { class: 'announcer', role: 'status' }));
    }
    this.#follow();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(): void {
    this.#announced = undefined; // another language is not news
    if (this.isConnected) void this.refresh();
  }

  /** Reads the client's state and shows it. Called by itself whenever the client reports something. */
  async refresh(): Promise<void> {
    const reading = ++this.#reading;
    const lang = statusLang(this.lang || this.ownerDocument.documentElement.lang);
    let status: ClientStatus | undefined;
    let overview: ProcedureOverview | undefined;
    try {
      status = await this.#client?.status();
      overview = await this.#client?.procedures(lang);
    } catch {
      // A client that cannot say how it is doing: the panel says what it has.
    }
    // A later reading that came first, or an element that left the page, has the last word.
    if (reading !== this.#reading || !this.isConnected) return;
    this.#show(status, overview, statusTexts[lang], lang);
  }

  #follow(): void {
    this.#stop();
    const stop = new AbortController();
    const unsubscribe = this.#client?.subscribe(() => {
      this.#settling ??= setTimeout(() => {
        this.#settling = undefined;
        void this.refresh();
      }, settleMs);
    });
    const look = setInterval(() => void this.refresh(), lookMs);
    const page = this.ownerDocument.defaultView;
    page?.addEventListener('beforeprint', () => this.#unfold(), { signal: stop.signal });
    page?.addEventListener('afterprint', () => this.#fold(), { signal: stop.signal });
    this.#release = () => {
      unsubscribe?.();
      clearInterval(look);
      clearTimeout(this.#settling);
      this.#settling = undefined;
      stop.abort();
    };
    void this.refresh();
  }

  #stop(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #show(status: ClientStatus | undefined, overview: ProcedureOverview | undefined, texts: StatusTexts, lang: string): void {
    const state = overallOf(status, overview);
    const items = overview?.items ?? [];
    const now = JSON.stringify([state, status?.catalogue?.issueInstantMs, status?.catalogue?.checkedAtMs, items, lang]);
    if (now === this.#shown) return;
    this.#shown = now;
    const focused = this.shadowRoot?.activeElement?.id;
    this.#panel()?.replaceChildren(
      heading(state, texts),
      make('p', { part: 'about' }, texts.about[state]),
      ...catalogueLine(status, state, texts),
      ...this.#sections(items, texts),
      ...foot(items, texts, () => this.ownerDocument.defaultView?.print()),
    );
    this.setAttribute('state', state);
    if (focused) this.shadowRoot?.getElementById(focused)?.focus();
    this.#announce(state, items, texts);
  }

  #panel(): Element | null | undefined {
    return this.shadowRoot?.firstElementChild;
  }

  /** What needs attention is open; the rest is one click away. */
  #sections(items: readonly ProcedureItem[], texts: StatusTexts): Node[] {
    const quiet = (item: ProcedureItem) => item.way === 'normal' || item.way === 'unwatched';
    const attention = items.filter((item) => !quiet(item));
    const open = attention.length === 0 ? [] : [make('section', { part: 'section' },
      make('h3', {}, texts.attention(attention.length)), list(attention, texts))];
    const folded = (['normal', 'unwatched'] as const).flatMap((way) => {
      const of = items.filter((item) => item.way === way);
      if (of.length === 0) return [];
      const details = make('details', { part: 'section', ...(this.#openSections.has(way) ? { open: '' } : {}) },
        make('summary', { id: `summary-${way}` }, texts[way](of.length)), list(of, texts));
      details.addEventListener('toggle', () => {
        if ((details as HTMLDetailsElement).open) this.#openSections.add(way);
        else this.#openSections.delete(way);
      });
      return [details];
    });
    return [...open, ...folded];
  }

  /** On paper nothing can be unfolded. */
  #unfold(): void {
    for (const details of this.shadowRoot?.querySelectorAll<HTMLDetailsElement>('details:not([open])') ?? []) {
      details.open = true;
      details.dataset['printed'] = '';
    }
  }

  #fold(): void {
    for (const details of this.shadowRoot?.querySelectorAll<HTMLDetailsElement>('[data-printed]') ?? []) {
      details.open = false;
      delete details.dataset['printed'];
    }
  }

  /** Says changes, and only changes, to a screen reader. */
  #announce(state: OverallState, items: readonly ProcedureItem[], texts: StatusTexts): void {
    const ways = new Map(items.map((item) => [item.functionality, item.way]));
    const before = this.#announced;
    this.#announced = { overall: state, ways };
    const announcer = this.shadowRoot?.lastElementChild;
    if (!before || !announcer) return;
    const news = items.filter((item) => before.ways.get(item.functionality) !== item.way)
      .map((item) => `${item.title}: ${texts.ways[item.way]}.`);
    if (before.overall !== state) news.unshift(`${texts.overall[state]}.`);
    if (news.length > 0) announcer.textContent = news.join(' ');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bcp-status': BcpStatusElement;
  }
}

/** Registers the element, once; a second call with the same name changes nothing. */
export function defineBcpStatus(name = 'bcp-status'): void {
  if (!customElements.get(name)) customElements.define(name, class extends BcpStatusElement {});
}

function overallOf(status: ClientStatus | undefined, overview: ProcedureOverview | undefined): OverallState {
  if (!status) return 'unknown';
  if (status.phase !== 'ready') return 'unprotected';
  if (!overview) return 'unknown';
  if (overview.overall === 'normal' && status.catalogue?.stale) return 'stale';
  return overview.overall;
}

function heading(state: OverallState, texts: StatusTexts): Node {
  return make('div', { class: 'top' },
    make('h2', { part: 'heading' }, texts.heading),
    make('p', { part: 'overall', class: tone(state) }, make('span', { 'aria-hidden': 'true' }, signs[state]), ` ${texts.overall[state]}`));
}

function tone(state: string): string {
  switch (state) {
    case 'normal': return 'good';
    case 'recovery': case 'fallback': case 'continuity': case 'stale': return 'warn';
    case 'cache': case 'lastResort': case 'degraded': case 'unprotected': return 'bad';
    default: return 'calm';
  }
}

function catalogueLine(status: ClientStatus | undefined, state: OverallState, texts: StatusTexts): Node[] {
  const catalogue = status?.catalogue;
  if (!catalogue) return [];
  const lines = [make('p', { part: 'catalogue' },
    texts.catalogue(moment(catalogue.issueInstantMs, texts), moment(catalogue.checkedAtMs, texts)))];
  if (catalogue.stale && state !== 'stale') lines.push(make('p', { part: 'catalogue', class: 'stale' }, `◷ ${texts.stale}`));
  return lines;
}

function list(items: readonly ProcedureItem[], texts: StatusTexts): Node {
  return make('ul', {}, ...items.map((item) => make('li', { part: 'item', 'data-functionality': item.functionality, 'data-way': item.way },
    make('div', { class: 'line' },
      make('strong', { part: 'title', lang: item.lang }, item.title),
      make('span', { part: 'way', class: tone(item.way) }, texts.ways[item.way]),
      ...(item.sinceMs ? [make('span', { part: 'since' }, texts.since(moment(item.sinceMs, texts)))] : [])),
    ...guidance(item, texts))));
}

/** The guidance of the way in use; a way that may not help everybody is followed by the last resort. */
function guidance(item: ProcedureItem, texts: StatusTexts): Node[] {
  const text = (sentences: readonly string[] | undefined) => sentences && sentences.length > 0
    ? [make('ul', { part: 'guidance', lang: item.lang }, ...sentences.map((sentence) => make('li', {}, sentence)))] : [];
  const otherwise = () => [make('p', { class: 'otherwise' }, texts.otherwise), ...text(item.lastResort)];
  switch (item.way) {
    case 'recovery': return text(item.recovery);
    case 'fallback': return [...text(item.fallback), ...otherwise()];
    case 'cache': return [...text(item.cache), ...otherwise()];
    case 'lastResort': return text(item.lastResort);
    case 'normal': case 'unwatched': return [];
  }
}

function foot(items: readonly ProcedureItem[], texts: StatusTexts, print: () => void): Node[] {
  const sources = [...new Set(items.filter((item) => tone(item.way) !== 'good' && item.way !== 'unwatched')
    .map((item) => texts.source(item.source.title, item.source.publisher)))];
  const button = make('button', { part: 'print', type: 'button', id: 'print' }, texts.print);
  button.addEventListener('click', print);
  return [make('div', { class: 'foot' }, make('p', { part: 'source' }, sources.join(' ')), button)];
}

function moment(atMs: number, texts: StatusTexts): string {
  return new Intl.DateTimeFormat(texts.locale, { dateStyle: 'short', timeStyle: 'short' }).format(atMs);
}

/** Makes an element; text is text, never HTML. */
function make(name: string, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
