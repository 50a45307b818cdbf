/* Who probes a main endpoint that failed: of all calls in a profile one, and the next when that one sleeps.

   Names are those of core/failover/choose.go and js/src/storage/states.ts. Two tabs, a call in each; each tab has its
   own State, IndexedDB one for all, and messages come late. A tab sleeps (frozen: it does nothing) and wakes, or never
   does, as one that died. Elsewhere and at a main endpoint that is back a call is answered at once.

   Time goes by in steps, so long that a rest and a booking end within one. It stands while a tab that is awake sends:
   there the time-out ends the call before.

   BUG_NOT_ALONE         -> two_probes
   BUG_BOOKED_UNKEPT     -> two_probes
   BUG_NEVER_LAPSES      -> kept_away
   BUG_RELEASES_ANOTHERS -> ended_anothers
   BUG_RELEASES_A_REST   -> ended_anothers
   BUG_RELEASED_LAST     -> ended_anothers */

#define TABS 2

mtype = { answered, failed, cancelled }; /* what comes of a probe */
mtype = { probe, other, main };          /* where a call goes */

/* What a State says of the main endpoint. */
typedef Failure {
  byte stamp;
  bool down;     /* count > 0 */
  bool booked;   /* probe */
  bool rests;    /* untilMs lies ahead */
  byte booking;  /* untilMs of a booking: no two are alike */
};

typedef Tab {
  bool isAsleep;
  bool sends;    /* a call probes */
  byte bookedMs; /* of that call */
  bool isFresh;  /* ghost: its booking has not lapsed */
  bool toHear;   /* a message "state" is on its way */
};

Tab tab[TABS];
Failure known[TABS]; /* States.#newest of each tab */
Failure kept;        /* the store "state" */
byte last = 1;       /* the last stamp: of two events the later has the greater, by two */
bool isBroken;       /* ghost: a promise was broken; nothing more happens */

#ifdef SMALL
byte calls = 3, ticks = 2, sleeps = 1, wakes = 1;
#else
byte calls = 5, ticks = 3, sleeps = 2, wakes = 2;
#endif

/* Set before each step, and what the step itself works with. */
hidden byte me;
hidden mtype came, goes;
hidden byte two_probes, kept_away, ended_anothers, wasHeld;

#define T tab[me]
#define K known[me]
#define OTHER tab[1 - me]

#ifdef BUG_NEVER_LAPSES
#define RESTING(f) (f.booked || f.down && f.rests)
#else
#define RESTING(f) ((f.booked || f.down) && f.rests)
#endif

inline promise(fault) { isBroken = isBroken || fault; assert(!fault) }

#define NUMBERS(f) f.down, f.booked, RESTING(f)

inline state() {
  printf(" | %d%d %d%d%d, ", tab[0].isAsleep, tab[0].sends, NUMBERS(known[0]));
  printf("%d%d %d%d%d, ", tab[1].isAsleep, tab[1].sends, NUMBERS(known[1]));
  printf("%d%d%d\n", NUMBERS(kept))
}

inline copy(from, to) {
  to.stamp = from.stamp; to.down = from.down; to.booked = from.booked; to.rests = from.rests; to.booking = from.booking
}

/* merge: the newest event of an endpoint has the word. */
inline hear() { if :: kept.stamp > K.stamp -> copy(kept, K) :: else fi }

inline save() {
  if :: K.stamp > kept.stamp -> copy(K, kept) :: else fi;
  OTHER.toHear = true
}

inline record() { last = last + 2; K.stamp = last }

inline book() {
  two_probes = OTHER.sends && OTHER.isFresh; promise(two_probes);
  record(); K.booked = true; K.rests = true; K.booking = last;
  T.sends = true; T.isFresh = true; T.bookedMs = last
}

/* begin: a probe is decided once more on what all tabs know, and kept before another tab can do the same. */
inline begin() {
  calls--;
  goes = (RESTING(K) -> other : (K.down -> probe : main));
  if
  :: goes == probe ->
#ifndef BUG_NOT_ALONE
    hear();
#endif
    goes = (RESTING(K) -> other : (K.down -> probe : main));
    if
    :: goes == probe ->
      book();
#ifndef BUG_BOOKED_UNKEPT
      save()
#endif
    :: else
    fi
  :: else
  fi;
  kept_away = goes == other && !T.toHear && kept.down && !kept.rests; promise(kept_away);
  printf("begin %d %e", me, goes)
}

/* release undoes the booking of this send: what came after it, in this tab or unheard in another, stays. */
inline release() {
#ifdef BUG_RELEASES_ANOTHERS
  if :: K.booked && K.rests ->
#elif defined(BUG_RELEASES_A_REST)
  if :: RESTING(K) && (!K.booked || K.booking == T.bookedMs) ->
#else
  if :: K.booked && K.rests && K.booking == T.bookedMs ->
#endif
#ifdef BUG_RELEASED_LAST
    record();
#else
    K.stamp++;
#endif
    K.booked = false; K.rests = false; K.booking = 0
  :: else
  fi
}

inline sendOver() {
  wasHeld = RESTING(kept) && !(kept.booked && kept.booking == T.bookedMs);
  if
  :: came == answered ->
    if :: K.down || K.booked -> record(); K.down = false; K.booked = false; K.rests = false; K.booking = 0 :: else fi
  :: came == failed ->
    if :: K.booked || !RESTING(K) -> K.down = true; K.booked = false; K.rests = true; K.booking = 0 :: else fi;
    record()
  :: else -> release()
  fi;
  T.sends = false; T.bookedMs = 0; T.isFresh = false;
  save();
  ended_anothers = came == cancelled && wasHeld && !RESTING(kept); promise(ended_anothers)
}

inline tick() {
  ticks--;
  known[0].rests = false; known[1].rests = false; kept.rests = false;
  tab[0].isFresh = false; tab[1].isFresh = false
}

#define AWAKE(x) (!tab[x].isAsleep)
#define IDLE(x) (AWAKE(x) && !tab[x].sends)
#define SENDS(x) (AWAKE(x) && tab[x].sends)
#define HEARS(x) (AWAKE(x) && tab[x].toHear)
#define SLEEPS(x) (tab[x].isAsleep)

#define ANY(a) (a(0) || a(1))
#define WHO(a) if :: a(0) -> me = 0 :: a(1) -> me = 1 fi

active proctype world() {
  d_step {
    kept.down = true; kept.stamp = last;
    copy(kept, known[0]); copy(kept, known[1]);
    printf("start"); state()
  };
  {
    do
    :: atomic { calls > 0 && ANY(IDLE); WHO(IDLE); d_step { begin(); state() } }
    :: atomic { ANY(SENDS); WHO(SENDS);
        if :: came = answered :: came = failed :: came = cancelled fi;
        d_step { printf("came %d %e", me, came); sendOver(); state() } }
    :: atomic { ANY(HEARS); WHO(HEARS); d_step { T.toHear = false; printf("hear %d", me); hear(); state() } }
    :: atomic { sleeps > 0 && ANY(AWAKE); WHO(AWAKE);
        d_step { sleeps--; T.isAsleep = true; printf("sleep %d", me); state() } }
    :: atomic { wakes > 0 && ANY(SLEEPS); WHO(SLEEPS);
        d_step { wakes--; T.isAsleep = false; printf("wake %d", me); state() } }
    :: d_step { ticks > 0 && !ANY(SENDS) -> tick(); printf("tick"); state() }
    :: calls == 0 && !ANY(SENDS) && !ANY(HEARS) -> break
    od
  } unless { isBroken }
}
