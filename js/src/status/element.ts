import { check } from '../base/check.js';
import type { Kind } from '../base/kinds.js';
import type { BcpClient, ClientStatus, ProcedureOverview } from '../types.js';
import { statusStyle } from './style.js';
import { type StatusLang, statusLang, statusTexts } from './texts.js';
import {
  type View,
  badgeOf,
  dayOf,
  emergencyCard,
  failingOf,
  headlineOf,
  make,
  nowOf,
  overallOf,
  panel,
} from './view.js';

/** What the element needs of a client. */
export type StatusClient = Pick<BcpClient, 'status' | 'subscribe' | 'procedures'> &
  Partial<Pick<BcpClient, 'exportLog'>>;

// Events come in bursts (one call: failed, switched, answered); the panel follows once they are over.
const settleMs = 100;
// A screen reader is told what stays so for a while: a call that goes on changes the state again at once.
const announceMs = 1500;
// Nothing tells that a service answered as usual, that the catalogue grew old, or that a cool-down ended.
const lookMs = 5_000;
// A page sets the client at once: where none has said anything by then, the second look says that.
const silentMs = 4_000;

const aClient: Kind = {
  words: 'a client of createBcpClient',
  is: (client) => typeof (client as StatusClient | null)?.subscribe === 'function',
};

// Node has no elements; importing must not fail there.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The status panel. Set `client`; everything else is an attribute: see BcpStatusAttributes. */
export class BcpStatusElement extends Base {
  /** The attributes that it follows. */
  static readonly observedAttributes = ['lang', 'only', 'audience', 'compact', 'heading-level', 'practice'];

  #client: StatusClient | undefined;
  #release: (() => void) | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #reading = 0;
  #shown = '';
  #announced: { headline: string; badges: Map<string, string> } | undefined;
  #unknownAt: number | undefined; // since when the state is
  #fault: { code: string; atMs: number } | undefined;
  readonly #open = new Set<string>();

  /** The client whose state is shown. It may be set before the element is defined. */
  get client(): StatusClient | undefined {
    return this.#client;
  }

  set client(client: StatusClient | undefined) {
    if (client) check('client', client, aClient);
    this.#client = client;
    this.#announced = undefined;
    this.#unknownAt = undefined;
    if (this.isConnected) this.#follow();
  }

  /** Shows the panel, and follows the client. */
  connectedCallback(): void {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [statusStyle()];
      root.append(
        make('section', { part: 'panel', 'aria-labelledby': 'heading' }),
        make('p', { class: 'announcer', role: 'status' }),
      );
    }
    if (Object.hasOwn(this, 'client')) {
      // set before the element was defined, so on the object itself
      const early = this.client;
      delete (this as { client?: StatusClient }).client;
      this.client = early;
      return;
    }
    this.#follow();
  }

  /** Follows the client no more. */
  disconnectedCallback(): void {
    this.#stop();
  }

  /** Shows it anew. */
  attributeChangedCallback(): void {
    this.#announced = undefined; // another language or choice is not news
    if (this.isConnected) void this.refresh();
  }

  /** Reads the client's state and shows it. Called by itself whenever the client reports something. */
  async refresh(): Promise<void> {
    const reading = ++this.#reading;
    const lang = this.#lang();
    let status: ClientStatus | undefined;
    let overview: ProcedureOverview | undefined;
    try {
      status = await this.#client?.status();
      overview = await this.#client?.procedures(lang, this.#filter());
    } catch {
      // A client that cannot say how it is doing: the panel says what it has.
    }
    // A later reading that came first, or an element that left the page, has the last word.
    if (reading !== this.#reading || !this.isConnected) return;
    this.#show(status, overview, lang);
  }

  #lang(): StatusLang {
    return statusLang(this.lang || this.ownerDocument.documentElement.lang);
  }

  #filter(): { only?: string[]; audience?: string } {
    const only = this.getAttribute('only')?.split(/\s+/).filter(Boolean);
    const audience = this.getAttribute('audience');
    return { ...(only?.length ? { only } : {}), ...(audience ? { audience } : {}) };
  }

  #follow(): void {
    this.#stop();
    const unfold = (): void => this.#unfold();
    const fold = (): void => this.#fold();
    const unsubscribe = this.#client?.subscribe(() => {
      this.#settling ??= setTimeout(() => {
        this.#settling = undefined;
        void this.refresh();
      }, settleMs);
    });
    const look = setInterval(() => void this.refresh(), lookMs);
    const page = this.ownerDocument.defaultView;
    page?.addEventListener('beforeprint', unfold);
    page?.addEventListener('afterprint', fold);
    this.#release = () => {
      unsubscribe?.();
      clearInterval(look);
      clearTimeout(this.#settling);
      clearTimeout(this.#announcing);
      this.#settling = undefined;
      page?.removeEventListener('beforeprint', unfold);
      page?.removeEventListener('afterprint', fold);
    };
    void this.refresh();
  }

  #stop(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #show(status: ClientStatus | undefined, overview: ProcedureOverview | undefined, lang: StatusLang): void {
    const state = overallOf(status, overview);
    const items = overview?.items ?? [];
    if (status?.code !== this.#fault?.code)
      this.#fault = status?.code ? { code: status.code, atMs: Date.now() } : undefined;
    this.#unknownAt = state === 'unknown' ? (this.#unknownAt ?? performance.now()) : undefined;
    const view: View = {
      lang,
      state,
      items,
      texts: statusTexts[lang],
      catalogue: status?.catalogue,
      trust: status?.trust,
      failing: failingOf(items, status?.services),
      fault: this.#fault,
      isSilent: performance.now() - (this.#unknownAt ?? Infinity) > silentMs,
      isCompact: this.hasAttribute('compact'),
      practice: this.getAttribute('practice') ?? '',
      headingLevel: Math.min(Math.max(Math.trunc(Number(this.getAttribute('heading-level') ?? 2)) || 2, 1), 5),
      open: this.#open,
      canExport: typeof this.#client?.exportLog === 'function',
      print: () => this.ownerDocument.defaultView?.print(),
      printCard: () => this.printCard(),
      exportLog: () => void this.#exportLog(),
    };
    const now = JSON.stringify([
      {
        ...view,
        texts: 0,
        catalogue: [view.catalogue?.issueInstantMs, view.catalogue?.checkedAtMs, view.catalogue?.stale],
        today: dayOf(Date.now()),
      },
    ]);
    if (now === this.#shown) return;
    this.#shown = now;
    const focused = this.shadowRoot?.activeElement?.id;
    const root = this.#panel();
    root?.setAttribute('lang', lang);
    root?.replaceChildren(...panel(view));
    this.shadowRoot?.lastElementChild?.setAttribute('lang', lang);
    this.setAttribute('state', state);
    if (focused) this.shadowRoot?.getElementById(focused)?.focus();
    this.#news(view);
  }

  #panel(): Element | null | undefined {
    return this.shadowRoot?.firstElementChild;
  }

  /**
   * Prints the emergency card: what to do without each functionality, whatever the state is, and the number in the slot
   * `helpdesk`. To be printed before an outage.
   */
  printCard(): void {
    const page = this.ownerDocument.defaultView;
    if (!page) return;
    const lang = this.#lang();
    void this.#client
      ?.procedures(lang, this.#filter())
      .then(({ items }) => {
        const helpdesk = this.querySelector('[slot="helpdesk"]')?.textContent?.trim() ?? '';
        const card = emergencyCard(items, lang, this.getAttribute('practice') ?? '', helpdesk);
        this.shadowRoot?.append(card);
        this.setAttribute('printing', 'card');
        page.addEventListener(
          'afterprint',
          () => {
            card.remove();
            this.removeAttribute('printing');
          },
          { once: true },
        );
        page.print();
      })
      .catch(() => {}); // nothing to print; the panel says what is missing
  }

  async #exportLog(): Promise<void> {
    const text = await this.#client?.exportLog?.();
    if (text === undefined) return;
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    make('a', { href: url, download: `bcp-log-${new Date().toISOString().slice(0, 10)}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  /** On paper nothing can be unfolded. What to do without that which works stands on the card. */
  #unfold(): void {
    const printed = this.shadowRoot?.querySelector('[part="printed"]');
    if (printed) printed.textContent = headlineOf.printed(this.#lang(), this.getAttribute('practice') ?? '');
    for (const details of this.shadowRoot?.querySelectorAll<HTMLDetailsElement>('details:not([open], .calm)') ?? []) {
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

  /** Says changes, and only changes that stay, to a screen reader. */
  #news(view: View): void {
    const now = {
      headline: [headlineOf.overall(view, 0), ...nowOf(view.items, view.texts)]
        .map((sentence) => sentence.replace(/\.?$/, '.'))
        .join(' '),
      badges: new Map(view.items.map((item) => [item.functionality, badgeOf(item, view.texts)])),
    };
    clearTimeout(this.#announcing);
    const before = this.#announced;
    if (!before) {
      this.#announced = now;
      return;
    }
    this.#announcing = setTimeout(() => {
      this.#announced = now;
      const news = view.items
        .filter(({ functionality }) => before.badges.get(functionality) !== now.badges.get(functionality))
        .map(({ functionality, title }) => `${title}: ${now.badges.get(functionality)}.`);
      if (before.headline !== now.headline) news.unshift(now.headline);
      const announcer = this.shadowRoot?.querySelector('.announcer');
      if (news.length > 0 && announcer) announcer.textContent = news.join(' ');
    }, announceMs);
  }
}

/** The attributes of <bcp-status>. */
export interface BcpStatusAttributes {
  /** nl, fr, de or en. Unset: the page's. Another language becomes English, marked as such. */
  lang?: string;
  /** Names of functionalities, separated by blanks: these alone, also in the headline. */
  only?: string;
  /** `general-practitioner` or `pharmacist`. Unset: the client's. */
  audience?: string;
  /** One line and counts; the rest is folded. */
  compact?: boolean | '';
  /** The level of the heading, 1 to 5. Default 2. */
  'heading-level'?: number | string;
  /** The practice's name, for what is printed. */
  practice?: string;
}

/** For JSX: `declare module 'react' { namespace JSX { interface IntrinsicElements extends BcpStatusElements {} } }`. */
export interface BcpStatusElements {
  /** The element with its attributes. */
  'bcp-status': BcpStatusAttributes & {
    /** The client whose state is shown, in React 19; before, set it on the element. */
    client?: StatusClient;
    /** Of the framework. */
    ref?: unknown;
    /** Of the framework. */
    key?: unknown;
    /** Of every element. */
    id?: string;
    /** Of every element. */
    slot?: string;
    /** Of every element. */
    style?: unknown;
    /** Of every element. */
    hidden?: boolean;
    /** Of every element. */
    role?: string;
    /** Of every element. */
    class?: string;
    /** Of every element, in React's spelling. */
    className?: string;
    /** None are shown. */
    children?: unknown;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    /** The panel: see `defineBcpStatus`. */
    'bcp-status': BcpStatusElement;
  }
  namespace JSX {
    interface IntrinsicElements extends BcpStatusElements {}
  }
}

/** Registers the element, once; a second call with the same name changes nothing. */
export function defineBcpStatus(name = 'bcp-status'): void {
  if (!customElements.get(name)) customElements.define(name, class extends BcpStatusElement {});
}
