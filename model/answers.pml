/* Stores and clearing: what a log-out clears stays cleared, in all tabs, on disk and in memory.

   Names are those of js/src/answers (FallbackAnswers over Vault and MemoryAnswers), js/src/client.ts (clear, onChange)
   and js/src/call/run.ts (write). Two tabs of one user with one database, whose transactions run in the order in which
   they were made; one call at a time in each tab. Answers are told apart by the clearings begun before their call.

   BUG_NO_CALL_CHECK      -> kept_after_clearing
   BUG_NO_KEY_CHECK       -> kept_after_clearing
   BUG_KEYS_CHECKED_ONCE  -> kept_after_clearing
   BUG_MEMORY_UNCHECKED   -> kept_after_clearing
   BUG_HEARD_FORGETS_ONLY -> kept_after_clearing
   BUG_NEVER_LOCKED       -> kept_while_locked
   BUG_RETRIES_FOR_EVER   -> write_does_not_end */

#define TABS 2
#define MAX_TRIES 2

mtype = { idle, begun, sealing, putting }; /* a call: over, under way, its answer being sealed, in a transaction */
mtype = { put, wipe, drop };              /* transactions; drop deletes the database */
mtype = { done, quota, failed };           /* what comes of one */

typedef Tab {
  byte clearings;   /* Client.#clearings, and FallbackAnswers.#cleared, which grows with it */
  bool isLocked;    /* FallbackAnswers.#isLocked */
  byte keys;        /* Vault.#keys: which derivation; 0: none */
  byte derived;
  byte toHear;      /* messages "answers-cleared" on their way */
  byte memory;      /* the answer in MemoryAnswers; 0: none */
  mtype phase = idle;
  byte before;      /* Run.#clearedBefore */
  byte cleared;     /* as FallbackAnswers.write noted it */
  byte unlocked;    /* as Vault.write noted it */
  byte tries;       /* transactions made for this answer */
  byte answer;      /* ghost: 1 + the clearings begun anywhere when the call began */
  bool hasNoKeys;   /* ghost: cleared, and no answer was sealed since */
};

Tab tab[TABS];
byte disk;          /* the record of the database; 0: none */
byte begunClearings;
chan queue = [10] of { mtype, byte };
byte calls = 3, clears = 2;

/* Set before each step, and what the step itself works with. */
hidden byte me, each, any;
hidden mtype how;
hidden byte kept_after_clearing, kept_while_locked, write_does_not_end;

#define T tab[me]
#define IS_STALE(a) (a > 0 && a <= begunClearings)
#define IS_QUIET (len(queue) == 0 && tab[0].toHear == 0 && tab[1].toHear == 0 && tab[0].phase != sealing && tab[1].phase != sealing)

inline state() {
  printf(" | %d %d %d %d\n", len(queue), disk > 0, tab[0].memory > 0, tab[1].memory > 0);
  kept_after_clearing = IS_QUIET && (IS_STALE(disk) || IS_STALE(tab[0].memory) || IS_STALE(tab[1].memory));
  assert(!kept_after_clearing)
}

inline over() { T.phase = idle; T.before = 0; T.cleared = 0; T.unlocked = 0; T.tries = 0; T.answer = 0 }

/* fallback: FallbackAnswers.write, when the vault threw. */
inline fallback() {
  if
#ifdef BUG_NEVER_LOCKED
  :: T.cleared != T.clearings
#elif defined(BUG_MEMORY_UNCHECKED)
  :: T.isLocked && T.cleared == T.clearings
#else
  :: T.isLocked || T.cleared != T.clearings
#endif
  :: else ->
    kept_while_locked = T.hasNoKeys && T.cleared == T.clearings; assert(!kept_while_locked);
    T.memory = T.answer
  fi;
  over()
}

inline begin() { T.phase = begun; T.before = T.clearings; T.answer = begunClearings + 1 }

/* write: Run.#write, FallbackAnswers.write and Vault.write up to the sealing. */
inline write(hasSecret) {
  if
#ifndef BUG_NO_CALL_CHECK
  :: T.clearings != T.before -> over()
#endif
  :: else ->
    T.cleared = T.clearings;
    if
    :: T.keys == 0 && !hasSecret -> fallback()
    :: else ->
      if :: T.keys == 0 -> T.derived++; T.keys = T.derived :: else fi;
      T.unlocked = T.keys; T.phase = sealing
    fi
  fi
}

inline enqueue(kind) { queue!kind, me }

inline puts() {
  T.phase = putting; T.tries++;
  write_does_not_end = T.tries > MAX_TRIES; assert(!write_does_not_end);
  if :: write_does_not_end -> over() :: else -> enqueue(put) fi
}

inline sealed() {
  if
#ifndef BUG_NO_KEY_CHECK
  :: T.keys != T.unlocked -> fallback()
#endif
  :: else -> puts()
  fi
}

#if defined(BUG_KEYS_CHECKED_ONCE) || defined(BUG_NO_KEY_CHECK)
#define HAS_KEYS true
#else
#define HAS_KEYS (T.keys == T.unlocked)
#endif
#ifdef BUG_RETRIES_FOR_EVER
#define MAY_TRY_AGAIN true
#else
#define MAY_TRY_AGAIN (T.tries < 2)
#endif

/* transacted: the transaction of a put came to its end. It looks at the keys before it puts; when the browser has no
   room, Vault.write puts once more. */
inline transacted() {
  if
  :: how == done && HAS_KEYS ->
    disk = T.answer;
    if :: T.cleared == T.clearings -> T.isLocked = false; T.hasNoKeys = false :: else fi;
    over()
  :: how == quota && HAS_KEYS && MAY_TRY_AGAIN -> puts()
  :: else -> fallback()
  fi
}

inline forget() {
  T.clearings++; T.isLocked = true; T.hasNoKeys = true; T.keys = 0; T.memory = 0
}

inline clear() {
  forget(); begunClearings++; enqueue(wipe);
  for (each : 0 .. TABS - 1) { if :: each != me -> tab[each].toHear++ :: else fi }
}

inline hear() {
  T.toHear--; forget();
#ifndef BUG_HEARD_FORGETS_ONLY
  enqueue(wipe)
#endif
}

active proctype world() {
  do
  :: atomic { (tab[0].phase == idle || tab[1].phase == idle) && calls > 0;
      if :: tab[0].phase == idle -> me = 0 :: tab[1].phase == idle -> me = 1 fi;
      d_step { calls--; printf("begin %d", me); begin(); state() } }
  :: atomic { (tab[0].phase == begun || tab[1].phase == begun);
      if :: tab[0].phase == begun -> me = 0 :: tab[1].phase == begun -> me = 1 fi;
      if
      :: d_step { printf("write %d secret", me); write(true); state() }
      :: d_step { T.keys == 0 -> printf("write %d none", me); write(false); state() }
      fi }
  :: atomic { (tab[0].phase == sealing || tab[1].phase == sealing);
      if :: tab[0].phase == sealing -> me = 0 :: tab[1].phase == sealing -> me = 1 fi;
      d_step { printf("sealed %d", me); sealed(); state() } }
  :: atomic { queue?[put, any]; queue?<put, me>;
      if :: how = done :: how = quota :: how = failed fi;
      d_step { queue?put, any; printf("put %d %e", me, how); transacted(); state() } }
  :: atomic { queue?[wipe, any]; queue?<wipe, me>;
      d_step { queue?wipe, any; printf("wipe %d", me); disk = 0; enqueue(drop); state() } }
  :: atomic { queue?[drop, any]; queue?<drop, me>;
      if
      :: d_step { queue?drop, any; printf("drop %d done", me); disk = 0; state() }
      :: d_step { queue?drop, any; printf("drop %d failed", me); state() }
      fi }
  :: atomic { clears > 0;
      if :: me = 0 :: me = 1 fi;
      d_step { clears--; printf("clear %d", me); clear(); state() } }
  :: atomic { (tab[0].toHear > 0 || tab[1].toHear > 0);
      if :: tab[0].toHear > 0 -> me = 0 :: tab[1].toHear > 0 -> me = 1 fi;
      d_step { printf("hear %d", me); hear(); state() } }
  :: calls == 0 && clears == 0 && IS_QUIET && tab[0].phase == idle && tab[1].phase == idle -> break
  od
}
