// Every code, with what it means. The core's own are those of core/bcperr, which a test compares. Types only.

/** Codes of the core: the key is the code. */
export interface CoreErrors {
  /** More bytes than the documented limit. */
  'input-too-large': never;
  /** Not UTF-8, or declared as something else. */
  'encoding-invalid': never;
  /** Breaks XML 1.0 or Namespaces in XML. */
  'xml-malformed': never;
  /** Well-formed, but refused: a DOCTYPE, a comment that splits a value. */
  'xml-forbidden': never;
  /** Beyond a documented bound on depth, count, steps or output. */
  'limit-exceeded': never;

  /** The catalogue has no ds:Signature. */
  'signature-missing': never;
  /** The catalogue has two signatures, or an Id that occurs twice. */
  'signature-ambiguous': never;
  /** The signature has not the closed form that the profile allows. */
  'signature-shape': never;
  /** An algorithm, a transform or a key size outside the profile. */
  'algorithm-refused': never;
  /** A Reference does not match what it covers: the catalogue was changed after it was signed. */
  'digest-mismatch': never;
  /** SignatureValue does not match SignedInfo. */
  'signature-invalid': never;
  /** The XAdES SignedProperties are absent, misplaced, or name another certificate. */
  'xades-invalid': never;

  /** KeyInfo has no usable certificate. */
  'signer-missing': never;
  /** No path leads from the signer's certificate to one of the application's anchors. */
  'signer-untrusted': never;
  /** The signer's certificate had ended at the moment of judgement. */
  'signer-expired': never;
  /** The signer's certificate had not begun at the moment of judgement. */
  'signer-not-yet-valid': never;
  /** The signer's certificate may not sign. */
  'signer-usage': never;
  /** The signer has not the expected common name. */
  'signer-mismatch': never;
  /** The signer's certificate, or one above it, is in a revocation list. */
  'signer-revoked': never;

  /** The signed content breaks the rules of the list as a whole. */
  'schema-invalid': never;
  /** The catalogue is of another environment. */
  'environment-mismatch': never;
  /** The catalogue is issued more than 5 minutes after the moment of judgement. */
  'issued-in-future': never;
  /** The catalogue is older than the one held. */
  'catalogue-rollback': never;
  /** The catalogue has the instant of the one held, and other content. */
  'catalogue-equivocation': never;

  /** The catalogue has no such service. */
  'service-unknown': never;
  /** The catalogue publishes no ACTIVE endpoint for the service. */
  'service-inactive': never;
  /** What the catalogue says of the service breaks the rules; the other services work. */
  'service-quarantined': never;
  /** The URL is no endpoint of the catalogue. */
  'endpoint-unknown': never;
  /** Every endpoint that may be tried has failed. */
  'endpoints-exhausted': never;
  /** It failed after it may have been processed, and it may not run twice: look whether it arrived. */
  'not-repeatable': never;

  /** The message is no SOAP envelope with a payload. */
  'soap-malformed': never;
  /** The answer is cut, or not what its media type says. */
  incomplete: never;
  /** No SAML assertion that names an end (`NotOnOrAfter`) which can be read. */
  'token-invalid': never;

  /** No stylesheet that compiles. */
  'xslt-invalid': never;
  /** The stylesheet asks for what the sandbox refuses. */
  'xslt-forbidden': never;
  /** The stylesheet compiled, and failed while it ran. */
  'xslt-failed': never;
  /** The stylesheet makes no key of this request. */
  'key-empty': never;
  /** The key says nothing of the request: every value of it may change, and the stylesheet writes the same. */
  'key-constant': never;
  /** Nothing is stored under the key. */
  'cache-miss': never;
  /** What is stored under the key has passed its end. */
  'cache-expired': never;
  /** The service has no cache, or none that may be used. */
  'cache-off': never;

  /** Guidance data that break their form. */
  'procedure-invalid': never;
  /** There is no guidance for a functionality of this name. */
  'functionality-unknown': never;

  /** An argument is wrong; the message names it. */
  'bad-call': never;
  /** A broken promise of our own code: please report it. */
  internal: never;

  /** The total time-out of the call passed. */
  timeout: never;
  /** The caller cancelled, or the page is being left. */
  aborted: never;
}

/** Codes of the code around the core: the key is the code. */
export interface ClientErrors {
  /** The wasm did not come, or is not WebAssembly. */
  'wasm-load-failed': never;
  /** The wasm is of another release than this code. */
  'contract-mismatch': never;
  /** The core ended twice under the same call. */
  'core-dead': never;
  /** No IndexedDB, or it does not answer. */
  'storage-unavailable': never;
  /** The browser gives no more room. */
  'storage-quota': never;
  /** A stored record that cannot be read, or of a clock that was wrong: it counts as absent, nothing else changes. */
  'record-dropped': never;
  /** The catalogue cannot be fetched. */
  network: never;
  /** The client was closed. */
  closed: never;
}

/** Codes of findings, beside those of errors: the key is the code. Each costs one service, one cache, or nothing. */
export interface Findings {
  /** An Order that is negative or too large. */
  'order-invalid': never;
  /** Two endpoints of a service share an Order. */
  'order-duplicate': never;
  /** An endpoint that is no plain https URL. */
  'url-invalid': never;
  /** Two services share a URL: it finds neither. */
  'url-shared': never;
  /** A service has one URL twice: its failover has one way less than it seems; informs only. */
  'url-duplicate': never;
  /** A port that no browser calls, so pages cannot reach that endpoint; informs only. */
  'port-blocked': never;
  /** A service without an ACTIVE endpoint: the platform says that it is down; informs only. */
  'none-active': never;
  /** A service with more than one ACTIVE endpoint: the first by Order is the choice; informs only. */
  'several-active': never;
  /** Two services share an Id. */
  'service-duplicate': never;
  /** An Id outside the usual alphabet; informs only. */
  'service-id-quirk': never;
  /** A Name with markup, or with characters that do not print or that turn the direction of writing; informs only. */
  'service-name-quirk': never;
  /** An Id that is empty, or too long to be looked up. */
  'service-id-invalid': never;
  /** A Cache element that breaks the schema. */
  'cache-invalid': never;
  /** An Expiry that is no usable xs:duration. */
  'expiry-invalid': never;
  /** The stylesheet of the key is elsewhere, so the signature does not cover it. */
  'key-not-signed': never;
  /** A revocation list that cannot be read, or whose signature fails. */
  'crl-invalid': never;
  /** A revocation list past its nextUpdate. */
  'crl-expired': never;
  /** A revocation list of an issuer outside the signer's chain. */
  'crl-foreign': never;
  /** A revocation list that does not cover the certificate. */
  'crl-partial': never;
  /** A rule of the application for a service to which the catalogue gives a cache: that one counts. */
  'rule-unused': never;
  /** A certificate that cannot be read, and is not needed. */
  'certificate-unreadable': never;
  /** A revocation list that begins after the moment of judgement. */
  'crl-not-yet-valid': never;
  /** The catalogue held no longer verifies, so it sets no floor. */
  'held-invalid': never;
}

/** What is wrong. Stable: branch on it. What each means: {@link CoreErrors}, {@link ClientErrors}. */
export type ErrorCode = CoreErrorCode | ClientErrorCode;

/** Codes of the core. */
export type CoreErrorCode = keyof CoreErrors;

/** Codes of the code around the core. */
export type ClientErrorCode = keyof ClientErrors;

/** What a finding is about. Of the codes of errors, those of stylesheets and of limits occur here too. */
export type FindingCode = keyof Findings | CoreErrorCode;
