/* The catalogue never older: in a tab, in the two places where it is kept, after a restart.

   Names are those of js/src/catalogue/updater.ts and js/src/storage (IndexedStore, Copy, Tabs). Two tabs, lists 1 to 3
   by IssueInstant, 0 is none. A source gives any of them at any time. A read takes both places at once. A tab that
   waited long enough for the lock goes without: the one that holds it sleeps.

   BUG_ADOPTS_ANY      -> used_older
   BUG_COPY_IGNORED    -> started_older
   BUG_BLIND_PUT       -> replaced_by_older
   BUG_STALE_WRITE     -> replaced_by_older
   BUG_COPY_UNREAD     -> replaced_by_older
   BUG_COPY_UNLOCKED   -> replaced_by_older
   BUG_ONE_LOOK        -> copy_left_older
   BUG_NO_COPY         -> left_in_one_place
   BUG_NOT_HEALED      -> left_in_one_place
   BUG_PUTS_FOR_EVER   -> write_does_not_end */

#define TABS 2

mtype = { off, idle, putting, takingOver, readingBack, confirming, locking, reading, copying };

typedef Tab {
  mtype does = off;
  byte current;      /* Updater.#current */
  byte record;       /* what is being written */
  bool isFirst;      /* of the puts of this write */
  bool useless[4];   /* Updater.#useless */
  bool toHear;       /* a message "catalogue" is on its way */
  bool isLocking;    /* it holds the lock "copy" */
  byte looks;        /* of a write at the copy, how many are left */
  byte copied;       /* what it puts there */
  byte puts;         /* ghost */
  bool hasLost;      /* ghost: a place was lost since this write began */
};

Tab tab[TABS];
byte kept, previous; /* IndexedStore: current and previous */
byte copy;           /* Copy */
bool locked;         /* the lock "copy" */
byte newest;         /* ghost: the newest list that was told to be stored */
bool isBroken;       /* ghost: a promise was broken; nothing more happens */

byte asks = 3, deaths = 1, losses = 1, starts = 3;
#if defined(SMALL) && !defined(BUG_ONE_LOOK)
byte impatience = 0;
#else
byte impatience = 1;
#endif
bool isUnlocked;     /* ghost: a tab went without the lock */

/* Set before each step, and what the step itself works with. */
hidden byte me, list, each, before;
hidden byte used_older, started_older, replaced_by_older, copy_left_older, left_in_one_place, write_does_not_end;

#define T tab[me]

#define WRITES(x) (tab[x].does != off && tab[x].does != idle)

inline state() {
  printf(" | %d %d %d %d %d %d %d\n", tab[0].current, WRITES(0), tab[1].current, WRITES(1), kept, previous, copy)
}

inline promise(fault) { isBroken = isBroken || fault; assert(!fault) }

inline adopt(n) {
  if
  :: n == 0 || T.useless[n] || n == T.current
  :: else ->
    if
    :: n > T.current -> T.current = n
    :: else -> T.useless[n] = true
    fi
  fi
}

/* takeOver adopts what is kept: the newest first, then the copy. */
inline takeOver() { adopt(kept); adopt(previous); adopt(copy) }

inline write(n) { T.record = n; T.isFirst = true; T.hasLost = false; T.puts = 0; T.does = putting }

#ifdef BUG_ONE_LOOK
inline toCopy() { T.looks = 1; T.does = locking }
#else
inline toCopy() { T.looks = 4; T.does = locking }
#endif

/* start: what is kept is taken over; what only one place has is written. */
inline start() {
  starts--;
  before = kept;
#ifdef BUG_COPY_IGNORED
  adopt(kept); adopt(previous); if :: kept == 0 -> adopt(copy) :: else fi;
#else
  takeOver();
#endif
  started_older = T.current < newest && !(isUnlocked && losses == 0); promise(started_older); /* two faults at once */
  T.does = idle; T.hasLost = false;
#ifdef BUG_NOT_HEALED
  left_in_one_place = T.current > 0 && (kept != T.current || copy != T.current); promise(left_in_one_place)
#else
  if :: T.current > 0 && (T.current != kept || T.current != copy) -> write(T.current) :: else fi
#endif
}

/* ask: takes over, asks a source, adopts what is newer, writes what is new or confirmed. */
inline ask(n) {
  takeOver();
  if
  :: n == T.current -> write(n)
  :: n > T.current -> T.current = n; write(n)
#ifdef BUG_ADOPTS_ANY
  :: else -> T.current = n; used_older = true; promise(used_older)
#else
  :: else
#endif
  fi
}

/* What was refused counts as damaged, so long as what is written is what is in use. */
#ifdef BUG_STALE_WRITE
#define DAMAGED(n) (T.useless[n])
#else
#define DAMAGED(n) (T.useless[n] && T.current == T.record)
#endif

/* put: IndexedStore.putCatalogue. */
inline put() {
  T.puts++;
  write_does_not_end = T.puts > 2; promise(write_does_not_end);
  if
#ifndef BUG_BLIND_PUT
  :: kept > T.record && !DAMAGED(kept) -> T.does = takingOver
#endif
  :: else ->
    replaced_by_older = kept > T.record;
    if :: kept > 0 && kept < T.record && !DAMAGED(kept) -> previous = kept :: else fi;
    kept = T.record; T.does = readingBack;
    promise(replaced_by_older)
  fi
}

/* takenOver: what is kept took the place, or is gone: then once more. */
inline takenOver() {
  takeOver();
  if
#ifdef BUG_PUTS_FOR_EVER
  :: T.current == T.record || kept > T.record -> T.does = putting
#else
  :: T.isFirst && T.current == T.record -> T.isFirst = false; T.does = putting
#endif
  :: else -> toCopy()
  fi
}

inline readBack() { if :: kept == T.record -> T.does = confirming :: else -> toCopy() fi }

inline confirm() { previous = 0; toCopy() }

/* read: in writeCopy, with the lock. */
inline read() {
#ifndef BUG_COPY_UNREAD
  takeOver();
#endif
#ifdef BUG_NO_COPY
  if :: T.current == copy || !T.hasLost -> done() :: else -> T.copied = T.current; T.does = copying fi
#else
  if :: T.current == copy -> done() :: else -> T.copied = T.current; T.does = copying fi
#endif
}

/* putCopy: over a newer one, it is put again after the next look. */
inline putCopy() {
  replaced_by_older = copy > T.copied && !isUnlocked;
  copy = T.copied; T.copied = 0;
  promise(replaced_by_older);
  T.looks--;
  if :: T.looks == 0 -> done() :: else -> T.does = reading fi
}

inline unlock() { if :: T.isLocking -> locked = false; T.isLocking = false :: else fi; T.looks = 0; T.copied = 0 }

inline done() {
  left_in_one_place = !isBroken && !T.hasLost && (kept < T.record || copy < T.record); promise(left_in_one_place);
  unlock();
  if :: T.record > newest -> newest = T.record :: else fi;
  T.does = idle; T.record = 0; T.puts = 0; T.isFirst = false;
  copy_left_older = isUnlocked && copy < newest && !WRITES(1 - me) && deaths > 0 && losses > 0;
  promise(copy_left_older);
  for (each : 0 .. TABS - 1) { if :: each != me && tab[each].does != off -> tab[each].toHear = true :: else fi }
}

inline hear() { T.toHear = false; takeOver() }

inline die() {
  unlock();
  T.does = off; T.current = 0; T.record = 0; T.puts = 0; T.isFirst = false; T.toHear = false; T.hasLost = false;
  for (each : 0 .. 3) { T.useless[each] = false }
}

inline lose() { for (each : 0 .. TABS - 1) { tab[each].hasLost = true } losses-- }

#define DOES(what) (tab[0].does == what || tab[1].does == what)
#define WHO(what) if :: tab[0].does == what -> me = 0 :: tab[1].does == what -> me = 1 fi

active proctype world() {
  {
    do
    :: atomic { starts > 0 && DOES(off); WHO(off); d_step { printf("start %d", me); start(); state() } }
    :: atomic { asks > 0 && DOES(idle); WHO(idle);
        if :: list = 1 :: list = 2 :: list = 3 fi;
        d_step { asks--; printf("ask %d %d", me, list); ask(list); state() } }
    :: atomic { DOES(putting); WHO(putting); d_step { printf("put %d", me); put(); state() } }
    :: atomic { DOES(takingOver); WHO(takingOver); d_step { printf("takeOver %d", me); takenOver(); state() } }
    :: atomic { DOES(readingBack); WHO(readingBack); d_step { printf("readBack %d", me); readBack(); state() } }
    :: atomic { DOES(confirming); WHO(confirming); d_step { printf("confirm %d", me); confirm(); state() } }
#ifdef BUG_COPY_UNLOCKED
    :: atomic { DOES(locking); WHO(locking);
#else
    :: atomic { !locked && DOES(locking); WHO(locking);
#endif
        d_step { locked = true; T.isLocking = true; T.does = reading; printf("lock %d", me); state() } }
    :: atomic { impatience > 0 && locked && DOES(locking); WHO(locking);
        d_step { impatience--; isUnlocked = true; T.does = reading; printf("without %d", me); state() } }
    :: atomic { DOES(reading); WHO(reading); d_step { printf("read %d", me); read(); state() } }
    :: atomic { DOES(copying); WHO(copying); d_step { printf("copy %d", me); putCopy(); state() } }
    :: atomic { tab[0].toHear || tab[1].toHear;
        if :: tab[0].toHear -> me = 0 :: tab[1].toHear -> me = 1 fi;
        d_step { printf("hear %d", me); hear(); state() } }
    :: atomic { deaths > 0 && (tab[0].does != off || tab[1].does != off);
        if :: tab[0].does != off -> me = 0 :: tab[1].does != off -> me = 1 fi;
        d_step { deaths--; printf("die %d", me); die(); state() } }
    :: d_step { losses > 0 -> printf("lose store"); lose(); kept = 0; previous = 0; state() }
    :: d_step { losses > 0 -> printf("lose copy"); lose(); copy = 0; state() }
    :: starts == 0 && asks == 0 && !DOES(putting) && !DOES(takingOver) && !DOES(readingBack) && !DOES(confirming) &&
       !DOES(locking) && !DOES(reading) && !DOES(copying) && !tab[0].toHear && !tab[1].toHear -> break
    od
  } unless { isBroken }
}
