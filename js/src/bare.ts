import { octets } from './base/bytes.js';
import { check, checkShape } from './base/check.js';
import { BcpError, messageOf } from './base/errors.js';
import * as want from './base/kinds.js';
import { judgementShape, serviceKeyShape, stylesheetKeyShape } from './base/shapes.js';
import { openArguments } from './catalogue/open.js';
import type { Opened } from './core/contract.js';
import type { Core, CoreHost } from './core/host.js';
import type { Bytes, CacheKey, Lint, PolicyName, Service, TokenRenewal, Verdict, VerifyOptions } from './types.js';

/**
 * The functions of the core that need no client: nothing is fetched but the wasm, nothing is stored.
 *
 * Errors, of each: `bad-call` for an argument of another type, which the message names.
 */
export interface BareCalls {
  /** Loads the wasm ahead of the first call. Errors: `wasm-load-failed`, `contract-mismatch`. */
  preload(): Promise<void>;
  /** Verifies a catalogue. Errors: the step that failed, for instance `digest-mismatch`. */
  verify(catalogue: Bytes, options: VerifyOptions): Promise<Verdict>;
  /** Verifies a catalogue and lists its services. Errors: as verify. */
  services(catalogue: Bytes, options: VerifyOptions): Promise<Listed>;
  /** Returns the cache key of a SOAP request. Errors: `cache-off`, `key-…`, `xslt-…`; as verify. */
  cacheKey(request: Bytes, rule: KeyRule): Promise<CacheKey>;
  /** Tells whether an answer is a SOAP fault that switches to the next endpoint, and by which code. */
  isSwitch(answer: Bytes): Promise<Switch>;
  /**
   * Says when a token of the token service should be renewed: in the middle of the life that it has left. Ask when it
   * came, and again after each try that failed.
   *
   * @param token - The answer of the service, or the SAML assertion alone.
   * @param options - `at`: the moment of asking, by default now.
   *
   * Errors: `token-invalid` when it names no end.
   */
  tokenRenewal(token: Bytes, options?: Asked): Promise<TokenRenewal>;
  /** Plays scripted calls through the failover rules, see `bcp plan`. Errors: `bad-call`; as verify. */
  plan(script: object, options?: PlanOptions): Promise<unknown>;
}

/** The services of a catalogue that was verified. */
export interface Listed {
  /** In the order of the catalogue. */
  services: Service[];
  /** What costs a service or a cache, or nothing. */
  lint: Lint[];
}

/** Whether an answer takes the call to the next endpoint. */
export interface Switch {
  /** It does. */
  switch: boolean;
  /** The code of the platform that says so, for instance `SOA-02001`. */
  code?: string;
}

/** When something is asked. */
export interface Asked {
  /** Default: now. */
  at?: Date;
}

/** What prescribes the key: a stylesheet, or a service of a catalogue. */
export type KeyRule = StylesheetRule | ServiceRule;

/** A stylesheet that prescribes the key. */
export interface StylesheetRule {
  /** XSLT 1.0. */
  stylesheet: Bytes;
}

/** A service that prescribes the key, and how its catalogue is judged. */
export interface ServiceRule extends VerifyOptions {
  /** The catalogue, as it was published. */
  catalogue: Bytes;
  /** Its Id, or one of its URLs. */
  service: string;
}

/** How scripted calls are played. */
export interface PlanOptions {
  /** Default `connector`. */
  policyName?: PolicyName;
  /** Return to the preferred endpoint after a cool-down. Default false, as in the reference. */
  failback?: boolean;
  /** Of the jitter: the same number gives the same waits. */
  random?: number;
}

/** The functions on a core. */
export function bareCalls(host: CoreHost): BareCalls {
  function withCatalogue<T>(
    catalogue: Bytes,
    options: VerifyOptions,
    use: (core: Core, opened: Opened) => T,
  ): Promise<T> {
    return host.use((core) => {
      const opened = core.call('openCatalogue', ...openArguments(octets(catalogue), options));
      try {
        return use(core, opened);
      } finally {
        if (core.alive) core.call('closeCatalogue', { handle: opened.handle });
      }
    });
  }
  function checkJudgement(catalogue: Bytes, options: VerifyOptions): void {
    check('catalogue', catalogue, want.bytes);
    checkShape('options', options, judgementShape);
  }
  return {
    preload: () => host.use(() => {}),
    verify: async (catalogue, options) => {
      checkJudgement(catalogue, options);
      return withCatalogue(catalogue, options, (_core, { handle: _handle, ...verdict }) => verdict);
    },
    services: async (catalogue, options) => {
      checkJudgement(catalogue, options);
      return withCatalogue(catalogue, options, (core, { handle }) => core.call('services', { handle }));
    },
    cacheKey: async (request, rule) => {
      check('request', request, want.bytes);
      const isOfService = (rule as Partial<KeyRule> | undefined) && 'catalogue' in rule;
      checkShape('rule', rule, isOfService ? serviceKeyShape : stylesheetKeyShape);
      return 'stylesheet' in rule
        ? host.use((core) => core.call('cacheKey', {}, octets(request), octets(rule.stylesheet)))
        : withCatalogue(rule.catalogue, rule, (core, { handle }) =>
            core.call('cacheKey', { handle, target: rule.service }, octets(request)),
          );
    },
    isSwitch: async (answer) => {
      check('answer', answer, want.bytes);
      return host.use((core) => core.call('isSwitch', {}, octets(answer)));
    },
    tokenRenewal: async (token, options = {}) => {
      check('token', token, want.bytes);
      const { at = new Date() } = checkShape('options', options, { 'at?': want.date });
      return host.use((core) => {
        const { renewAtMs, endsMs, ended } = core.call('tokenRenewal', { nowMs: +at }, octets(token));
        return { renewAt: new Date(renewAtMs), endsAt: new Date(endsMs), ended };
      });
    },
    plan: async (script, options = {}) => {
      check('script', script, { words: 'an object or a list of objects', is: want.isObject });
      check('options', options, want.object);
      const text = jsonOf(script);
      return host.use((core) => core.call('plan', options, octets(text)));
    },
  };
}

// A bigint, or an object that holds itself.
function jsonOf(script: object): string {
  try {
    return JSON.stringify(script);
  } catch (e) {
    throw new BcpError('bad-call', `script: expected what JSON can hold: ${messageOf(e)}`, e);
  }
}
