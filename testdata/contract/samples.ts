// Written by `go generate ./core/contract`. See core/contract/samples_test.go.
import type { Action, CallState, Note, Replies, Reply } from '../../js/src/core/contract.js';
import type { Full, Members, None } from '../../js/test/types/contract.js';
import type * as types from '../../js/src/types.js';

declare const state: types.ServiceState;
declare const call: CallState;

export const full = {
  "askAgain": {
    "atMs": 1,
    "away": true,
    "stale": true,
    "trust": {
      "anchorDaysLeft": 1,
      "expiring": [
        {
          "endsMs": 1,
          "thresholdDays": 1,
          "what": "signer"
        }
      ],
      "flaws": [
        {
          "code": "cache-invalid",
          "place": "text"
        }
      ],
      "signerDaysLeft": 1
    }
  },
  "begin": {
    "action": {
      "attempt": 1,
      "do": "send",
      "endpoint": "text",
      "once": true,
      "probe": true,
      "timeoutMs": 1
    },
    "call": call,
    "changed": true,
    "keep": true,
    "notes": [
      {
        "endpoint": "text",
        "kind": "probe"
      }
    ],
    "service": "text",
    "state": state
  },
  "cacheKey": {
    "constant": true,
    "key": "text",
    "messages": [
      "text"
    ]
  },
  "classify": {
    "cacheable": true,
    "came": "text",
    "endsMs": 1,
    "fault": true,
    "outcome": "answered",
    "silent": true,
    "switchCode": "text"
  },
  "closeCatalogue": {},
  "command": {
    "exit": 1,
    "mirror": {
      "anchors": 1,
      "crls": 1,
      "dir": "text",
      "environment": "text",
      "signerCn": "text",
      "sources": [
        {
          "hint": "text",
          "url": "text"
        }
      ],
      "timeoutMs": 1
    },
    "stderr": "text",
    "stdout": "text"
  },
  "commandFiles": {
    "files": [
      {
        "maxBytes": 1,
        "name": "text",
        "spare": true
      }
    ]
  },
  "commandUnreadable": {
    "exit": 1,
    "mirror": {
      "anchors": 1,
      "crls": 1,
      "dir": "text",
      "environment": "text",
      "signerCn": "text",
      "sources": [
        {
          "hint": "text",
          "url": "text"
        }
      ],
      "timeoutMs": 1
    },
    "stderr": "text",
    "stdout": "text"
  },
  "contract": {
    "asking": {
      "clockSlackMs": 300000,
      "fetchTimeoutMs": 10000,
      "freshMs": 60000,
      "hintTimeoutMs": 3000,
      "readyTimeoutMs": 8000,
      "refreshForMs": 10000,
      "retryMs": 30000
    },
    "contract": 1,
    "limits": {
      "answerBytes": 33554432,
      "catalogueBytes": 4194304,
      "headBytes": 16384,
      "hintBytes": 4096,
      "keyRequestBytes": 16777216,
      "openCatalogues": 64,
      "totalTimeoutMs": 60000
    },
    "version": "0.1.0"
  },
  "find": {
    "near": "text",
    "service": "text"
  },
  "hintConfirms": {
    "confirms": true
  },
  "isSwitch": {
    "code": "text",
    "switch": true
  },
  "merge": {
    "state": state
  },
  "next": {
    "action": {
      "attempt": 1,
      "do": "send",
      "endpoint": "text",
      "once": true,
      "probe": true,
      "timeoutMs": 1
    },
    "call": call,
    "changed": true,
    "keep": true,
    "notes": [
      {
        "endpoint": "text",
        "kind": "probe"
      }
    ],
    "state": state
  },
  "openCatalogue": {
    "endpoints": 1,
    "environment": "text",
    "handle": 1,
    "id": "text",
    "issueInstant": "text",
    "issueInstantMs": 1,
    "lint": [
      {
        "code": "cache-invalid",
        "detail": "text",
        "place": "text"
      }
    ],
    "services": 1,
    "signer": {
      "cn": "text",
      "issuer": "text",
      "notAfter": "text",
      "notBefore": "text",
      "serial": "text",
      "sha256": "text"
    },
    "version": 1
  },
  "plan": {},
  "procedure": {
    "audience": [
      "general-practitioner"
    ],
    "cache": [
      "text"
    ],
    "fallback": [
      "text"
    ],
    "first": 1,
    "functionality": "text",
    "kept": {
      "counts": true,
      "untilMs": 1
    },
    "keptSuffices": true,
    "lang": "text",
    "lastResort": [
      "text"
    ],
    "mayHaveArrived": [
      "text"
    ],
    "recovery": [
      "text"
    ],
    "retry": [
      "text"
    ],
    "source": {
      "audience": "text",
      "note": "text",
      "publisher": "text",
      "title": "text"
    },
    "title": "text",
    "unconfirmed": [
      "text"
    ]
  },
  "procedures": {
    "items": [
      {
        "answeredAtMs": 1,
        "audience": [
          "general-practitioner"
        ],
        "cache": [
          "text"
        ],
        "failedAtMs": 1,
        "fallback": [
          "text"
        ],
        "first": 1,
        "functionality": "text",
        "kept": {
          "counts": true,
          "untilMs": 1
        },
        "keptSuffices": true,
        "lang": "text",
        "lastResort": [
          "text"
        ],
        "mayHaveArrived": [
          "text"
        ],
        "recovery": [
          "text"
        ],
        "retry": [
          "text"
        ],
        "retryAtMs": 1,
        "services": [
          "text"
        ],
        "sinceMs": 1,
        "source": {
          "audience": "text",
          "note": "text",
          "publisher": "text",
          "title": "text"
        },
        "title": "text",
        "uncertain": true,
        "unconfirmed": [
          "text"
        ],
        "way": "normal"
      }
    ],
    "overall": "normal"
  },
  "services": {
    "lint": [
      {
        "code": "cache-invalid",
        "detail": "text",
        "place": "text"
      }
    ],
    "services": [
      {
        "cache": {
          "expiry": {
            "duration": "text",
            "type": "ttl"
          },
          "inline": true,
          "off": "cache-invalid",
          "strategy": "ENDPOINT_FIRST"
        },
        "endpoints": [
          {
            "order": 1,
            "status": "ACTIVE",
            "url": "text"
          }
        ],
        "id": "text",
        "name": "text",
        "quarantined": "cache-invalid"
      }
    ]
  },
  "spread": {
    "states": {
      "text": state
    }
  },
  "status": {
    "services": [
      {
        "health": {
          "answers": [
            {
              "atMs": 1,
              "endpoint": "text"
            }
          ],
          "down": true,
          "endpoint": "text",
          "failedOver": true,
          "failures": [
            {
              "atMs": 1,
              "count": 1,
              "endpoint": "text",
              "probing": true,
              "sinceMs": 1,
              "untilMs": 1
            }
          ],
          "inactive": true,
          "preferred": "text",
          "probeAtMs": 1,
          "uncertain": true
        },
        "id": "text",
        "name": "text",
        "quarantined": "cache-invalid"
      }
    ]
  },
  "tokenRenewal": {
    "ended": true,
    "endsMs": 1,
    "renewAtMs": 1
  }
} satisfies { [Name in keyof Replies]: Full<Replies[Name]> };

export const bare = {
  "askAgain": {
    "atMs": 1,
    "stale": true
  },
  "begin": {
    "action": {
      "attempt": 1,
      "do": "send",
      "endpoint": "text",
      "timeoutMs": 1
    },
    "call": call,
    "service": "text",
    "state": state
  },
  "cacheKey": {
    "key": "text"
  },
  "classify": {
    "outcome": "answered"
  },
  "closeCatalogue": {},
  "command": {
    "exit": 1,
    "stderr": "text",
    "stdout": "text"
  },
  "commandFiles": {
    "files": [
      {
        "maxBytes": 1,
        "name": "text"
      }
    ]
  },
  "commandUnreadable": {
    "exit": 1,
    "stderr": "text",
    "stdout": "text"
  },
  "contract": {
    "asking": {
      "clockSlackMs": 300000,
      "fetchTimeoutMs": 10000,
      "freshMs": 60000,
      "hintTimeoutMs": 3000,
      "readyTimeoutMs": 8000,
      "refreshForMs": 10000,
      "retryMs": 30000
    },
    "contract": 1,
    "limits": {
      "answerBytes": 33554432,
      "catalogueBytes": 4194304,
      "headBytes": 16384,
      "hintBytes": 4096,
      "keyRequestBytes": 16777216,
      "openCatalogues": 64,
      "totalTimeoutMs": 60000
    },
    "version": "0.1.0"
  },
  "find": {},
  "hintConfirms": {
    "confirms": true
  },
  "isSwitch": {
    "switch": true
  },
  "merge": {
    "state": state
  },
  "next": {
    "action": {
      "attempt": 1,
      "do": "send",
      "endpoint": "text",
      "timeoutMs": 1
    },
    "call": call,
    "state": state
  },
  "openCatalogue": {
    "endpoints": 1,
    "environment": "text",
    "handle": 1,
    "id": "text",
    "issueInstant": "text",
    "issueInstantMs": 1,
    "lint": [
      {
        "code": "cache-invalid",
        "detail": "text",
        "place": "text"
      }
    ],
    "services": 1,
    "signer": {
      "cn": "text",
      "issuer": "text",
      "notAfter": "text",
      "notBefore": "text",
      "serial": "text",
      "sha256": "text"
    },
    "version": 1
  },
  "plan": {},
  "procedure": {
    "functionality": "text",
    "lang": "text",
    "lastResort": [
      "text"
    ],
    "source": {
      "publisher": "text",
      "title": "text"
    },
    "title": "text"
  },
  "procedures": {
    "items": [
      {
        "functionality": "text",
        "lang": "text",
        "lastResort": [
          "text"
        ],
        "source": {
          "publisher": "text",
          "title": "text"
        },
        "title": "text",
        "way": "normal"
      }
    ],
    "overall": "normal"
  },
  "services": {
    "lint": [
      {
        "code": "cache-invalid",
        "detail": "text",
        "place": "text"
      }
    ],
    "services": [
      {
        "endpoints": [
          {
            "order": 1,
            "status": "ACTIVE"
          }
        ],
        "id": "text",
        "name": "text"
      }
    ]
  },
  "spread": {
    "states": {
      "text": state
    }
  },
  "status": {
    "services": [
      {
        "health": {},
        "id": "text",
        "name": "text"
      }
    ]
  },
  "tokenRenewal": {
    "ended": true,
    "endsMs": 1,
    "renewAtMs": 1
  }
} satisfies Replies;

export const failed = {
  "error": {
    "code": "bad-call",
    "detail": "text"
  },
  "ok": false
} satisfies Reply;

export const actions = {
  "answer attempts code endpoint exhausted source": {
    "attempts": 1,
    "code": "timeout",
    "do": "answer",
    "endpoint": "text",
    "exhausted": true,
    "source": "network"
  },
  "answer attempts endpoint exhausted source": {
    "attempts": 1,
    "do": "answer",
    "endpoint": "text",
    "exhausted": true,
    "source": "network"
  },
  "answer attempts endpoint source": {
    "attempts": 1,
    "do": "answer",
    "endpoint": "text",
    "source": "network"
  },
  "answer attempts expired source storedAtMs validUntilMs": {
    "attempts": 1,
    "do": "answer",
    "expired": true,
    "source": "cache",
    "storedAtMs": 1,
    "validUntilMs": 1
  },
  "answer attempts source storedAtMs validUntilMs": {
    "attempts": 1,
    "do": "answer",
    "source": "cache",
    "storedAtMs": 1,
    "validUntilMs": 1
  },
  "fail cache code detail": {
    "cache": "cache-miss",
    "code": "timeout",
    "detail": "text",
    "do": "fail"
  },
  "fail cache code detail tried": {
    "cache": "cache-expired",
    "code": "timeout",
    "detail": "text",
    "do": "fail",
    "tried": [
      {
        "endpoint": "text",
        "outcome": "unreachable",
        "status": 1
      }
    ]
  },
  "fail code detail": {
    "code": "timeout",
    "detail": "text",
    "do": "fail"
  },
  "fail code detail tried": {
    "code": "timeout",
    "detail": "text",
    "do": "fail",
    "tried": [
      {
        "endpoint": "text",
        "outcome": "unreachable"
      }
    ]
  },
  "readCache key service": {
    "do": "readCache",
    "key": "text",
    "service": "text"
  },
  "refreshCatalogue": {
    "do": "refreshCatalogue"
  },
  "send attempt endpoint once probe timeoutMs": {
    "attempt": 1,
    "do": "send",
    "endpoint": "text",
    "once": true,
    "probe": true,
    "timeoutMs": 1
  },
  "send attempt endpoint once timeoutMs": {
    "attempt": 1,
    "do": "send",
    "endpoint": "text",
    "once": true,
    "timeoutMs": 1
  },
  "send attempt endpoint probe timeoutMs": {
    "attempt": 1,
    "do": "send",
    "endpoint": "text",
    "probe": true,
    "timeoutMs": 1
  },
  "send attempt endpoint timeoutMs": {
    "attempt": 1,
    "do": "send",
    "endpoint": "text",
    "timeoutMs": 1
  },
  "wait timeoutMs": {
    "do": "wait",
    "timeoutMs": 1
  },
  "writeCache key service storedAtMs validUntilMs": {
    "do": "writeCache",
    "key": "text",
    "service": "text",
    "storedAtMs": 1,
    "validUntilMs": 1
  }
} satisfies Record<string, Action>;

export type UnseenActions = None<Exclude<Members<Action>, Members<(typeof actions)[keyof typeof actions]>>>;

export const notes = {
  "cache-failed": {
    "kind": "cache-failed"
  },
  "cache-skipped code": {
    "code": "timeout",
    "kind": "cache-skipped"
  },
  "call-refused endpoint status switchCode": {
    "endpoint": "text",
    "kind": "call-refused",
    "status": 1,
    "switchCode": "text"
  },
  "choice-reset to": {
    "kind": "choice-reset",
    "to": "text"
  },
  "endpoint-failed coolDownMs endpoint outcome": {
    "coolDownMs": 1,
    "endpoint": "text",
    "kind": "endpoint-failed",
    "outcome": "unreachable"
  },
  "endpoint-failed coolDownMs endpoint outcome status": {
    "coolDownMs": 1,
    "endpoint": "text",
    "kind": "endpoint-failed",
    "outcome": "unreachable",
    "status": 1
  },
  "endpoint-failed coolDownMs endpoint outcome status switchCode": {
    "coolDownMs": 1,
    "endpoint": "text",
    "kind": "endpoint-failed",
    "outcome": "unreachable",
    "status": 1,
    "switchCode": "text"
  },
  "endpoint-switched from to": {
    "from": "text",
    "kind": "endpoint-switched",
    "to": "text"
  },
  "failback from to": {
    "from": "text",
    "kind": "failback",
    "to": "text"
  },
  "probe endpoint": {
    "endpoint": "text",
    "kind": "probe"
  },
  "service-recovered endpoint sinceMs": {
    "endpoint": "text",
    "kind": "service-recovered",
    "sinceMs": 1
  }
} satisfies Record<string, Note>;

export type UnseenNotes = None<Exclude<Members<Note>, Members<(typeof notes)[keyof typeof notes]>>>;

// bcperr.Code
export type bcperrCode =
  | 'input-too-large'
  | 'encoding-invalid'
  | 'xml-malformed'
  | 'xml-forbidden'
  | 'limit-exceeded'
  | 'signature-missing'
  | 'signature-ambiguous'
  | 'signature-shape'
  | 'algorithm-refused'
  | 'digest-mismatch'
  | 'signature-invalid'
  | 'xades-invalid'
  | 'signer-missing'
  | 'signer-untrusted'
  | 'signer-expired'
  | 'signer-not-yet-valid'
  | 'signer-usage'
  | 'signer-mismatch'
  | 'signer-revoked'
  | 'schema-invalid'
  | 'environment-mismatch'
  | 'issued-in-future'
  | 'catalogue-rollback'
  | 'catalogue-equivocation'
  | 'service-unknown'
  | 'service-inactive'
  | 'service-quarantined'
  | 'endpoint-unknown'
  | 'endpoints-exhausted'
  | 'not-repeatable'
  | 'soap-malformed'
  | 'incomplete'
  | 'token-invalid'
  | 'xslt-invalid'
  | 'xslt-forbidden'
  | 'xslt-failed'
  | 'key-empty'
  | 'cache-miss'
  | 'cache-expired'
  | 'cache-off'
  | 'procedure-invalid'
  | 'functionality-unknown'
  | 'bad-call'
  | 'internal'
  | 'timeout'
  | 'aborted'
  | 'order-invalid'
  | 'order-duplicate'
  | 'url-invalid'
  | 'url-shared'
  | 'url-duplicate'
  | 'port-blocked'
  | 'none-active'
  | 'several-active'
  | 'service-duplicate'
  | 'service-id-quirk'
  | 'service-name-quirk'
  | 'service-id-invalid'
  | 'cache-invalid'
  | 'expiry-invalid'
  | 'key-not-signed'
  | 'key-constant'
  | 'rule-unused'
  | 'certificate-unreadable'
  | 'crl-invalid'
  | 'crl-expired'
  | 'crl-partial'
  | 'crl-foreign'
  | 'held-invalid'
  | 'crl-not-yet-valid'
;
export type bcperrCodeGoOnly = None<Exclude<bcperrCode, types.FindingCode>>;
export type bcperrCodeScriptOnly = None<Exclude<types.FindingCode, bcperrCode>>;

// core.TrustPart
export type coreTrustPart =
  | 'signer'
  | 'anchors'
;
export type coreTrustPartGoOnly = None<Exclude<coreTrustPart, types.TrustEnding['what']>>;
export type coreTrustPartScriptOnly = None<Exclude<types.TrustEnding['what'], coreTrustPart>>;

// failover.Do
export type failoverDo =
  | 'send'
  | 'wait'
  | 'readCache'
  | 'writeCache'
  | 'refreshCatalogue'
  | 'answer'
  | 'fail'
;
export type failoverDoGoOnly = None<Exclude<failoverDo, Action['do']>>;
export type failoverDoScriptOnly = None<Exclude<Action['do'], failoverDo>>;

// failover.NoteKind
export type failoverNoteKind =
  | 'endpoint-failed'
  | 'call-refused'
  | 'endpoint-switched'
  | 'probe'
  | 'failback'
  | 'choice-reset'
  | 'service-recovered'
  | 'cache-failed'
  | 'cache-skipped'
;
export type failoverNoteKindGoOnly = None<Exclude<failoverNoteKind, Note['kind']>>;
export type failoverNoteKindScriptOnly = None<Exclude<Note['kind'], failoverNoteKind>>;

// failover.Source
export type failoverSource =
  | 'network'
  | 'cache'
;
export type failoverSourceGoOnly = None<Exclude<failoverSource, types.Provenance['source']>>;
export type failoverSourceScriptOnly = None<Exclude<types.Provenance['source'], failoverSource>>;

// procedure.Overall
export type procedureOverall =
  | 'unknown'
  | 'unused'
  | 'normal'
  | 'continuity'
  | 'degraded'
;
export type procedureOverallGoOnly = None<Exclude<procedureOverall, types.ProcedureOverview['overall']>>;
export type procedureOverallScriptOnly = None<Exclude<types.ProcedureOverview['overall'], procedureOverall>>;

// procedure.Way
export type procedureWay =
  | 'unwatched'
  | 'normal'
  | 'recovery'
  | 'fallback'
  | 'cache'
  | 'unconfirmed'
  | 'retry'
  | 'lastResort'
;
export type procedureWayGoOnly = None<Exclude<procedureWay, types.Way>>;
export type procedureWayScriptOnly = None<Exclude<types.Way, procedureWay>>;

// servicelist.Expiry
export type servicelistExpiry =
  | 'none'
  | 'ttl'
;
export type servicelistExpiryGoOnly = None<Exclude<servicelistExpiry, NonNullable<types.CacheRule['expiry']['type']>>>;
export type servicelistExpiryScriptOnly = None<Exclude<NonNullable<types.CacheRule['expiry']['type']>, servicelistExpiry>>;

// servicelist.Status
export type servicelistStatus =
  | 'ACTIVE'
  | 'INACTIVE'
;
export type servicelistStatusGoOnly = None<Exclude<servicelistStatus, types.Endpoint['status']>>;
export type servicelistStatusScriptOnly = None<Exclude<types.Endpoint['status'], servicelistStatus>>;

// servicelist.Strategy
export type servicelistStrategy =
  | 'ENDPOINT_FIRST'
  | 'CACHE_FIRST'
;
export type servicelistStrategyGoOnly = None<Exclude<servicelistStrategy, NonNullable<types.CacheRule['strategy']>>>;
export type servicelistStrategyScriptOnly = None<Exclude<NonNullable<types.CacheRule['strategy']>, servicelistStrategy>>;

// soap.Outcome
export type soapOutcome =
  | 'answered'
  | 'switch'
  | 'foreign'
  | 'unreachable'
  | 'timeout'
  | 'incomplete'
  | 'cancelled'
;
export type soapOutcomeGoOnly = None<Exclude<soapOutcome, types.Outcome>>;
export type soapOutcomeScriptOnly = None<Exclude<types.Outcome, soapOutcome>>;

