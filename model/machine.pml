/* The machine of core/failover (machine.go, choose.go, end.go): policy connector with failback, no cache.

   Names are those of the code. One State for all calls, CALLS of them under way together, N endpoints by Order.
   Endpoint 0 is the only ACTIVE one; from the second catalogue on it is endpoint 1. There is no clock: a rest, a
   booking and "failed just now" end when time() says so. Counts above one are one, stamps are their order.

   What includes this defines N and CALLS. A deliberate bug is an #ifdef BUG_…; see docs/model.md. */

#define NONE N

mtype = { idle, sending, waiting };                                             /* phases; idle: over, or not begun */
mtype = { yes, no, unknown };                                                   /* Facts.Repeat */
mtype = { answered, silent, proved, refused, broken, notSent, unsent, offline } /* what comes of a send */
mtype = { send, wait, answer, handOn, fail };                                   /* actions; handOn: the last fault */
mtype = { exhausted, notRepeatable, timedOut, aborted };                         /* codes */

typedef Row { bool at[N] };

/* State */
byte chosen = NONE;
bool down[N];   /* failure.count > 0 */
bool booked[N]; /* failure.probe */
bool rests[N];  /* failure.untilMs lies ahead */
bool recent[N]; /* failure.stamp is younger than recheckMs */
bool young[N];  /* failure.stamp is younger than MaxCoolDown */
byte stamp[N];  /* the order of the failures' stamps; 0: no record */
bool since[N];  /* evidence: sinceMs > 0 */
bool ever[N];   /* evidence: something came from it */
Row after[N];   /* after[count].at[sent]: something came from sent after sinceMs of count */
bool second;    /* the State refers to the second catalogue */

/* Call */
mtype phase[CALLS] = idle;
mtype repeat[CALLS] = yes;
byte target[CALLS];
bool probe[CALLS]; /* bookedMs > 0 */
bool own[CALLS];   /* nobody has booked that endpoint since */
byte attempts[CALLS];
Row tried[CALLS];
bool fault[CALLS];  /* one of its answers may be handed on */
bool late[CALLS];   /* its total time-out is over */
bool newer[CALLS];  /* it holds the second catalogue */
bool news[CALLS];   /* something changed since it waits */
byte waits[CALLS];

/* Ghosts: the truth, which the machine does not see. */
bool spoke[N] = false;    /* the service has answered there */
bool mayHaveRun[CALLS];   /* a send of this call may have been processed */
bool guesses[CALLS];      /* its probe is under way, and nothing answered there since it began */

/* The machine under way; none of it outlives a step, so it is no part of the state that is searched. */
hidden byte caller, sent, count, each, inUse, picked;
hidden byte found, mayProbe, isProbe, isScout, isAnswer;
hidden mtype came, does, code;

/* What is asserted has the name of its property, and is computed before: the message names it. */
hidden byte two_probes, choice_never_answered, returned_without_answer, act_ran_twice, call_does_not_end;
hidden byte act_probes, told_less_than_the_truth, told_more_than_the_truth;

#define PREFERRED(caller) (newer[caller] -> 1 : 0)
#define CURRENT(caller) (chosen != NONE -> chosen : PREFERRED(caller))
#define RESTING(sent) ((booked[sent] || down[sent]) && rests[sent])
#ifdef BUG_LOST_SCOUT
#define SCOUTED(caller, sent) (booked[sent] && sent != PREFERRED(caller))
#else
#define SCOUTED(caller, sent) (booked[sent] && sent != PREFERRED(caller) && RESTING(sent))
#endif
#define SPARES(caller, sent) (sent == PREFERRED(caller) && repeat[caller] != yes && down[sent] && young[sent])
#define KNOWN(caller, sent) (!down[sent] && !booked[sent] && (sent == PREFERRED(caller) || (since[PREFERRED(caller)] -> after[PREFERRED(caller)].at[sent] : ever[sent])))
#define OLDER(caller) (second && !newer[caller]) /* what the State says of an Order may be of another endpoint */
#define NO_PROOF (came != proved && came != refused && came != notSent && came != unsent)

#if defined(BUG_BROKEN_IS_PROOF) || defined(BUG_OFFLINE_IS_PROOF) || defined(BUG_UNKNOWN_REPEATS)
#define BUG_RESENDS
#endif
#ifdef BUG_BROKEN_IS_PROOF
#define MAY_RUN_TWICE (!NO_PROOF || came == broken)
#elif defined(BUG_OFFLINE_IS_PROOF)
#define MAY_RUN_TWICE (!NO_PROOF || came == offline)
#elif defined(BUG_NOT_SENT_IS_NONE)
#define MAY_RUN_TWICE (!NO_PROOF && came != notSent)
#else
#define MAY_RUN_TWICE (!NO_PROOF)
#endif
#ifdef BUG_UNKNOWN_REPEATS
#define REPEATS(caller) (repeat[caller] != no)
#else
#define REPEATS(caller) (repeat[caller] == yes)
#endif

inline changed() { for (each : 0 .. CALLS - 1) { news[each] = true } }

inline seen(e) {
  ever[e] = true;
  for (each : 0 .. N - 1) { after[each].at[e] = true }
}

/* record stores a failure: its stamp is the newest. */
inline record(e) {
  found = (stamp[e] == 0); count = 0;
  for (each : 0 .. N - 1) {
    if
    :: stamp[each] > 0 -> count++; if :: stamp[each] > stamp[e] && !found -> stamp[each]-- :: else fi
    :: else
    fi
  }
  stamp[e] = (found -> count + 1 : count);
  recent[e] = true; young[e] = true;
  seen(e); changed()
}

inline choose(e) {
  if
  :: e == PREFERRED(caller) -> returned_without_answer = !isAnswer; assert(!returned_without_answer)
  :: else -> choice_never_answered = !spoke[e]; assert(!choice_never_answered)
  fi;
  chosen = e; changed()
}

inline release(e, lives) {
  if
  :: own[caller] && booked[e] && rests[e] ->
    booked[e] = !down[e] && !lives; rests[e] = false;
    if :: lives -> record(e) :: else -> changed() fi
  :: else
  fi
}

inline failed(e) {
  if
  :: !since[e] -> since[e] = true; for (each : 0 .. N - 1) { after[e].at[each] = false } changed()
  :: else
  fi;
  if
  :: (booked[e] && probe[caller]) || !RESTING(e) -> booked[e] = false; down[e] = true; rests[e] = true
  :: else
  fi;
  record(e);
#ifdef BUG_EARLY_CHOICE
  if :: e == CURRENT(caller) && (e + 1) % N != PREFERRED(caller) -> choose((e + 1) % N) :: else fi
#endif
}

inline succeeded(e) {
  since[e] = false; seen(e);
  if
  :: down[e] || booked[e] -> down[e] = false; booked[e] = false; rests[e] = false; record(e)
  :: else
  fi;
  inUse = CURRENT(caller);
  if
  :: inUse == e
  :: inUse != e && probe[caller] && e == PREFERRED(caller) -> choose(e)
  :: else -> if :: down[inUse] -> choose(e) :: else fi
  fi
}

/* heard: the truth of an answer. */
inline heard(e) {
  spoke[e] = true;
  for (each : 0 .. CALLS - 1) { guesses[each] = guesses[each] && target[each] != e }
}

/* sendOver keeps what came of a send, against or for the endpoint. */
inline sendOver() {
  sent = target[caller]; isAnswer = (came == answered); guesses[caller] = false;
  tried[caller].at[sent] = true;
  if :: came == proved || came == refused -> fault[caller] = true :: else fi;
  if
  :: came == answered -> heard(sent); succeeded(sent)
#ifdef BUG_SILENT_RETURNS
  :: came == silent && probe[caller] && sent == PREFERRED(caller) -> down[sent] = false; booked[sent] = false; record(sent); choose(sent)
#endif
#ifdef BUG_SILENT_CHOICE
  :: came == silent && sent != PREFERRED(caller) && down[CURRENT(caller)] -> choose(sent)
#else
  :: came == silent && probe[caller] && sent == PREFERRED(caller) && down[sent] -> failed(sent)
#endif
  :: came == silent && !(probe[caller] && sent == PREFERRED(caller) && down[sent]) -> release(sent, true)
  :: came == refused -> release(sent, true)
  :: came == unsent || came == offline || came == aborted -> release(sent, false)
  :: else -> failed(sent)
  fi;
  probe[caller] = false; own[caller] = false
}

inline over() {
  phase[caller] = idle; target[caller] = 0; attempts[caller] = 0; fault[caller] = false; late[caller] = false; newer[caller] = false;
  news[caller] = false; waits[caller] = 0; repeat[caller] = yes; mayHaveRun[caller] = false; guesses[caller] = false;
  for (each : 0 .. N - 1) { tried[caller].at[each] = false }
}

inline giveUp(why) {
#ifdef BUG_RESENDS
  code = (repeat[caller] != yes && mayHaveRun[caller] && why != aborted -> notRepeatable : why); /* it still tells the truth */
#else
  code = why;
#endif
#ifdef BUG_FAULT_WINS
  does = (fault[caller] && code != aborted -> handOn : fail);
#else
  does = (fault[caller] && code != notRepeatable && code != aborted -> handOn : fail);
#endif
  told_less_than_the_truth = repeat[caller] != yes && mayHaveRun[caller] && (does == handOn || code == exhausted || code == timedOut);
  assert(!told_less_than_the_truth);
  told_more_than_the_truth = code == notRepeatable && !mayHaveRun[caller];
  assert(!told_more_than_the_truth);
  sent = attempts[caller];
  over()
}

/* pick: a probe of the preferred endpoint, the first in the ring that does not rest, or the last resort. An act leaves
   the probe to others while there is another endpoint. */
inline pick() {
  inUse = CURRENT(caller); picked = PREFERRED(caller); isProbe = false; isScout = false; found = false;
#ifdef BUG_BLIND_PROBE
  mayProbe = !tried[caller].at[picked] && (inUse != picked || down[picked]) && (booked[picked] || !RESTING(picked));
#else
  mayProbe = !tried[caller].at[picked] && (inUse != picked || down[picked]) && !RESTING(picked);
#endif
  if
#ifdef BUG_ACT_PROBES
  :: mayProbe -> found = true; isProbe = true
#else
  :: mayProbe && !SPARES(caller, picked) -> found = true; isProbe = true
#endif
  :: else ->
    for (count : 0 .. N - 1) {
      each = (inUse + count) % N;
      if
      :: !found && !tried[caller].at[each] && ((!RESTING(each) && !SPARES(caller, each)) || SCOUTED(caller, each)) ->
        found = true; picked = each
      :: else
      fi
    };
    if
    :: found -> isScout = !KNOWN(caller, picked)
    :: !found && mayProbe -> found = true; isProbe = true; picked = PREFERRED(caller)
    :: else -> lastResort()
    fi
  fi
}

inline lastResort() {
  for (each : 0 .. N - 1) {
    if
#ifdef BUG_ROUND_AND_ROUND
    :: attempts[caller] > 0 && !booked[each] && recent[each] && !OLDER(caller)
#else
    :: tried[caller].at[each] || (attempts[caller] > 0 && !booked[each] && recent[each] && !OLDER(caller))
#endif
    :: else -> if :: !found || stamp[each] < stamp[picked] -> found = true; picked = each :: else fi
    fi
  }
}

inline book(e) {
  for (each : 0 .. CALLS - 1) { own[each] = own[each] && target[each] != e }
  own[caller] = true;
#ifndef BUG_NO_BOOKING
  booked[e] = true; rests[e] = true;
#endif
  record(e)
}

inline proceed() {
  if
  :: late[caller] -> giveUp(timedOut)
  :: else ->
    pick();
    if
    :: !found -> giveUp(exhausted)
    :: found && !isProbe && SCOUTED(caller, picked) && attempts[caller] < N ->
      does = wait; phase[caller] = waiting; news[caller] = false; waits[caller]++;
      call_does_not_end = waits[caller] > MAX_WAITS; assert(!call_does_not_end);
      if :: call_does_not_end -> over() :: else fi
    :: found && attempts[caller] == N ->
      call_does_not_end = true; assert(!call_does_not_end);
      over()
    :: else ->
      does = send; sent = picked; attempts[caller]++;
      act_ran_twice = repeat[caller] != yes && mayHaveRun[caller]; assert(!act_ran_twice);
      act_probes = false; two_probes = false;
      for (each : 0 .. CALLS - 1) {
        two_probes = two_probes || (isProbe && guesses[each] && target[each] == picked)
      };
      assert(!two_probes);
      for (each : 0 .. N - 1) {
        act_probes = act_probes || (each != picked && !tried[caller].at[each] && !RESTING(each))
      };
      act_probes = act_probes && isProbe && repeat[caller] != yes && down[picked] && young[picked]; assert(!act_probes);
      guesses[caller] = isProbe;
      phase[caller] = sending; target[caller] = picked; probe[caller] = isProbe || isScout;
      if :: probe[caller] -> book(picked); sent = target[caller] :: else fi
    fi
  fi
}

/* enter: a newer catalogue than the State refers to resets the choice. */
inline enter() {
  if
  :: newer[caller] && !second ->
    second = true; chosen = NONE;
    for (each : 0 .. N - 1) {
      down[each] = false; booked[each] = false; rests[each] = false; recent[each] = false; young[each] = false;
      stamp[each] = 0;
      since[each] = false; ever[each] = false;
      for (count : 0 .. N - 1) { after[each].at[count] = false }
    }
    changed()
  :: else
  fi
}

inline begin(isNewer) { newer[caller] = isNewer; enter(); proceed() }

inline sendEnded() {
  enter(); sendOver();
  mayHaveRun[caller] = mayHaveRun[caller] || NO_PROOF;
  if
  :: came == answered || came == silent -> does = answer; sent = target[caller]; over()
  :: else -> if :: REPEATS(caller) || MAY_RUN_TWICE -> proceed() :: else -> giveUp(notRepeatable) fi
  fi
}

inline waited() { enter(); proceed() }

/* cancel and deadline end a call; what: sent, or unsent when nothing had left. */
inline cancel(what) {
  enter();
  if
  :: phase[caller] == sending -> mayHaveRun[caller] = mayHaveRun[caller] || what == sending; came = aborted; sendOver()
  :: else
  fi;
  giveUp(aborted)
}

inline deadline(what) {
  enter();
  if
  :: phase[caller] == sending ->
    came = (what == sending -> broken : unsent);
    mayHaveRun[caller] = mayHaveRun[caller] || NO_PROOF;
    sendOver();
#ifdef BUG_DEADLINE_HIDES
    giveUp(timedOut)
#else
    if :: repeat[caller] != yes && NO_PROOF -> giveUp(notRepeatable) :: else -> giveUp(timedOut) fi
#endif
  :: else -> giveUp(timedOut)
  fi
}

/* time: 0: what failed just now no longer did; 1: bookings are lost too; 2: rests and calls are over too; 3: so is the
   longest rest. */
inline time(how) {
  for (each : 0 .. N - 1) {
    recent[each] = false;
    if :: how >= 2 || (how == 1 && booked[each]) -> rests[each] = false :: else fi;
    if :: how == 3 -> young[each] = false :: else fi
  };
  for (each : 0 .. CALLS - 1) { if :: how >= 2 && phase[each] != idle -> late[each] = true :: else fi }
}

/* One line of a path: what happened, what the machine said, the State after it. */
inline tell() {
  if
  :: does == send -> printf("> send %d %d", sent, probe[caller])
  :: does == wait -> printf("> wait")
  :: does == answer -> printf("> answer %d", sent)
  :: does == handOn -> printf("> handOn")
  :: else -> printf("> fail %e", code)
  fi;
  state()
}

inline state() {
  printf(" |");
  if :: chosen == NONE -> printf(" -") :: else -> printf(" %d", chosen) fi;
  for (each : 0 .. N - 1) {
    printf(" %d%d%d", down[each], booked[each], RESTING(each))
  }
  printf("\n")
}
