/* Who asks for the catalogue: of all tabs one, and the others when that one sleeps.

   Names are those of js/src/storage/tabs.ts and js/src/catalogue/updater.ts. Two tabs; Web Locks that work, hang or
   are missing; messages that come late or never; a tab that sleeps (frozen: it does nothing, and keeps its locks),
   wakes, or dies; a source that does not answer. The database takes what it is given.

   Time goes by in steps, hours, so long that a request and a wait for a lock end within one: the catalogue is due one
   after the last check, and one later the others take the leader for asleep. Time stands while a tab that is awake has
   a refresh to begin or under way.

   BUG_NO_PATIENCE       -> call_does_not_end
   BUG_KEEPS_THE_LOCK    -> call_does_not_end
   BUG_LEADER_ALONE_ASKS -> nobody_asks
   BUG_PUT_OFF           -> nobody_asks
   BUG_ASKS_BLINDLY      -> asked_early
   BUG_ALL_LEAD          -> asked_early
   BUG_REFRESH_UNLOCKED  -> asked_together
   BUG_LATE_ANSWER       -> check_lost */

#define TABS 2

mtype = { off, awake, asleep };      /* a tab */
mtype = { idle, locking, asking };   /* its refresh */
mtype = { there, hanging, missing }; /* Web Locks */

typedef Tab {
  mtype is = off;
  bool leads;      /* Tabs.#leads */
  mtype refreshing = idle;
  bool holds;      /* the lock "refresh" */
  byte since;      /* a check from then on is as good as one's own */
  byte asked;      /* Updater.#askedAtMs */
  byte checked;    /* the moment of the last check that it knows */
  byte timer;      /* Updater.#timer; 0: none */
  bool isTimed;    /* ghost: the refresh was begun by the timer */
  bool isPatient;  /* ghost: it goes without the lock, which one that sleeps holds */
  bool toHear;     /* a message "catalogue" is on its way */
};

Tab tab[TABS];
byte checked = 1;   /* the store "catalogue": the moment of the last check */
byte hour = 1;
mtype locks = there;
byte lastAsk = 1;   /* ghost: when a tab last asked */
bool isBroken;      /* ghost: a promise was broken; nothing more happens */

bool news = true;   /* something is told of the endpoints in this step of time */

#ifdef SMALL
byte ticks = 4, starts = 2, sleeps = 1, wakes = 1, deaths = 0, silences = 0;
#else
byte ticks = 4, starts = 3, sleeps = 1, wakes = 1, deaths = 1, silences = 1;
#endif

/* Set before each step, and what the step itself works with. */
hidden byte me, last, lag;
hidden byte call_does_not_end, nobody_asks, asked_early, asked_together, check_lost;

#define T tab[me]
#define OTHER tab[1 - me]

inline promise(fault) { isBroken = isBroken || fault; assert(!fault) }

#define NUMBER(x) (x == off || x == idle -> 0 : (x == awake || x == locking -> 1 : 2))

inline one(x) {
  printf("%d%d%d %d %d, ", NUMBER(tab[x].is), tab[x].leads, NUMBER(tab[x].refreshing), tab[x].checked, tab[x].timer)
}

inline state() { printf(" | "); one(0); one(1); printf("%d\n", checked) }

inline takeOver() { if :: checked > T.checked -> T.checked = checked :: else fi }

/* reschedule sets the timer: what is overdue is due at once, and is not put off by what a tab hears. */
inline reschedule() {
  last = (T.asked > T.checked -> T.asked : T.checked);
  lag = (T.leads -> 0 : 1);
#ifdef BUG_ALL_LEAD
  lag = 0;
#endif
#ifdef BUG_PUT_OFF
  T.timer = (last + 1 > hour -> last + 1 : hour) + lag;
#else
  T.timer = (last + 1 + lag > hour -> last + 1 + lag : hour);
#endif
#ifdef BUG_LEADER_ALONE_ASKS
  if :: !T.leads -> T.timer = 0 :: else fi
#endif
}

inline lead() { T.leads = true; reschedule() }

/* exclusively: waits for the lock, where there are locks. */
inline exclusively() {
  T.refreshing = locking;
#ifdef BUG_REFRESH_UNLOCKED
  refresh()
#else
  if :: locks == missing -> refresh() :: else fi
#endif
}

/* #refresh: what another tab has checked counts, else the source is asked. */
inline refresh() {
  takeOver();
  if
  :: T.checked >= T.since -> over()
  :: else ->
    asked_early = T.isTimed && checked + (T.leads -> 1 : 2) > hour; promise(asked_early);
    asked_together = !isBroken && locks == there && OTHER.refreshing == asking && !OTHER.isPatient && !T.isPatient;
    promise(asked_together);
    T.asked = hour; lastAsk = hour; T.refreshing = asking
  fi
}

inline over() {
  T.refreshing = idle; T.since = 0; T.isTimed = false; T.isPatient = false;
#ifndef BUG_KEEPS_THE_LOCK
  T.holds = false;
#endif
  reschedule()
}

/* start: what is kept is taken over; a check of just now is as good as a new one. */
inline start() {
  starts--;
  T.is = awake; T.checked = checked;
  reschedule();
  if :: locks == missing -> lead() :: else fi;
  T.since = hour; exclusively()
}

inline fire() {
  last = (T.asked > T.checked -> T.asked : T.checked);
  T.timer = 0; T.isTimed = true;
#ifdef BUG_ASKS_BLINDLY
  T.since = hour;
#else
  T.since = (last + 1 < hour -> last + 1 : hour);
#endif
  exclusively()
}

/* answered: put takes over the moment that is kept, where it is the later one. */
inline answered() {
  if :: T.asked > T.checked -> T.checked = T.asked :: else fi;
#ifndef BUG_LATE_ANSWER
  takeOver();
#endif
  check_lost = checked > T.checked; checked = T.checked; promise(check_lost);
  if :: OTHER.is != off -> OTHER.toHear = true :: else fi;
  over()
}

inline die() {
  T.is = off; T.leads = false; T.refreshing = idle; T.holds = false;
  T.since = 0; T.asked = 0; T.checked = 0; T.timer = 0;
  T.isTimed = false; T.isPatient = false; T.toHear = false
}

#define AWAKE(x) (tab[x].is == awake)
#define FIRES(x) (AWAKE(x) && tab[x].refreshing == idle && tab[x].timer > 0 && tab[x].timer <= hour)
#define WORKS(x) (AWAKE(x) && tab[x].refreshing != idle)
#define LOCKS(x) (AWAKE(x) && tab[x].refreshing == locking)
#define HOLDER (tab[0].holds || tab[1].holds)
#define AWAKE_HOLDER (tab[0].holds && AWAKE(0) || tab[1].holds && AWAKE(1))

#define ANY(a) (a(0) || a(1))
#define WHO(a) if :: a(0) -> me = 0 :: a(1) -> me = 1 fi

#define OFF(x) (tab[x].is == off)
#define ON(x) (tab[x].is != off)
#define SLEEPS(x) (tab[x].is == asleep)
#define LEADS_NOT(x) (AWAKE(x) && !tab[x].leads)
#define ASKS(x) (AWAKE(x) && tab[x].refreshing == asking)
#define HEARS(x) (AWAKE(x) && tab[x].toHear)

active proctype world() {
  if
  :: d_step { locks = there; printf("locks there"); state() }
  :: d_step { locks = hanging; printf("locks hanging"); state() }
  :: d_step { locks = missing; printf("locks missing"); state() }
  fi;
  {
    do
    :: atomic { starts > 0 && ANY(OFF); me = (OFF(0) -> 0 : 1); d_step { printf("start %d", me); start(); state() } }
    :: atomic { locks == there && !tab[0].leads && !tab[1].leads && ANY(LEADS_NOT); WHO(LEADS_NOT);
        d_step { printf("lead %d", me); lead(); state() } }
    :: atomic { ANY(FIRES); WHO(FIRES); d_step { printf("fire %d", me); fire(); state() } }
    :: atomic { locks == there && !HOLDER && ANY(LOCKS); WHO(LOCKS);
        d_step { T.holds = true; printf("lock %d", me); refresh(); state() } }
#ifndef BUG_NO_PATIENCE
    :: atomic { (locks == hanging || HOLDER && !AWAKE_HOLDER) && ANY(LOCKS); WHO(LOCKS);
        d_step { T.isPatient = true; printf("patience %d", me); refresh(); state() } }
#endif
    :: atomic { ANY(ASKS); WHO(ASKS); d_step { printf("answered %d", me); answered(); state() } }
    :: atomic { silences > 0 && ANY(ASKS); WHO(ASKS); d_step { silences--; printf("silent %d", me); over(); state() } }
    :: atomic { ANY(HEARS); WHO(HEARS);
        d_step { T.toHear = false; printf("hear %d", me); takeOver(); reschedule(); state() } }
    :: atomic { news && ANY(AWAKE); WHO(AWAKE); d_step { news = false; printf("news %d", me); reschedule(); state() } }
    :: atomic { sleeps > 0 && ANY(AWAKE); WHO(AWAKE);
        d_step { sleeps--; T.is = asleep; printf("sleep %d", me); state() } }
    :: atomic { wakes > 0 && ANY(SLEEPS); WHO(SLEEPS);
        d_step { wakes--; T.is = awake; printf("wake %d", me); state() } }
    :: atomic { deaths > 0 && ANY(ON); WHO(ON); d_step { deaths--; printf("die %d", me); die(); state() } }
    :: d_step { ticks > 0 && !ANY(FIRES) && !ANY(WORKS) ->
        nobody_asks = ANY(AWAKE) && checked + 2 <= hour && lastAsk + 1 < hour;
        ticks--; hour++; news = true; printf("tick"); state();
        promise(nobody_asks) }
    :: else -> d_step { printf("end"); state(); call_does_not_end = ANY(WORKS); promise(call_does_not_end) }; break
    od
  } unless { isBroken }
}
