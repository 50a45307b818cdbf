/* What may happen to two calls: all of it, at any moment. One line of a path is printed for each. */

bool published;

#define SENDS(x) (phase[x] == sending)
#define WAITS(x) (phase[x] == waiting)
#define IDLE(x) (phase[x] == idle)
#define HELD(x) (booked[x] && rests[x])
#if N == 2
#define SOMEBODY_HOLDS (HELD(0) || HELD(1))
#else
#define SOMEBODY_HOLDS (HELD(0) || HELD(1) || HELD(2))
#endif

active proctype world() {
  do
  :: atomic { left > 0 && (IDLE(0) || IDLE(1));
      if :: IDLE(0) -> caller = 0 :: !IDLE(0) && IDLE(1) -> caller = 1 fi;
#ifndef ONLY_REPEATS
      if :: repeat[caller] = no :: repeat[caller] = unknown :: repeat[caller] = yes fi;
#endif
      d_step { left--; printf("begin %d %e ", caller, repeat[caller]); begin(published); tell() } }
  :: atomic { (SENDS(0) || SENDS(1));
      if :: SENDS(0) -> caller = 0 :: SENDS(1) -> caller = 1 fi;
      if
      :: came = answered :: came = silent :: came = proved :: came = refused :: came = broken :: came = offline
#ifndef ONLY_REPEATS
      :: came = notSent :: came = unsent
#endif
      fi;
      d_step { printf("came %d %e ", caller, came); sendEnded(); tell() } }
  :: atomic { (WAITS(0) && (news[0] || !SOMEBODY_HOLDS)) || (WAITS(1) && (news[1] || !SOMEBODY_HOLDS));
      if
      :: WAITS(0) && (news[0] || !SOMEBODY_HOLDS) -> caller = 0
      :: WAITS(1) && (news[1] || !SOMEBODY_HOLDS) -> caller = 1
      fi;
      d_step { printf("waited %d ", caller); waited(); tell() } }
  :: atomic { (!IDLE(0) || !IDLE(1));
      if :: !IDLE(0) -> caller = 0 :: !IDLE(1) -> caller = 1 fi;
      if
      :: d_step { printf("cancel %d sent ", caller); cancel(sending); tell() }
      :: d_step { printf("deadline %d sent ", caller); deadline(sending); tell() }
#ifndef ONLY_REPEATS
      :: d_step { SENDS(caller) -> printf("cancel %d unsent ", caller); cancel(idle); tell() }
      :: d_step { SENDS(caller) -> printf("deadline %d unsent ", caller); deadline(idle); tell() }
#endif
      :: d_step { printf("die %d", caller); probe[caller] = false; own[caller] = false; over(); state() }
      fi }
  :: d_step { shorts > 0 -> shorts--; printf("time short"); time(0); state() }
  :: d_step { mediums > 0 && !SENDS(0) && !SENDS(1) -> mediums--; printf("time medium"); time(1); state() }
  :: d_step { rested > 0 && !SENDS(0) && !SENDS(1) -> rested--; printf("time rest"); time(2); state() }
  :: d_step { longs > 0 && !SENDS(0) && !SENDS(1) -> longs--; printf("time long"); time(3); state() }
#ifdef ONLY_REPEATS
  :: d_step { !published -> published = true; printf("publish"); state() }
#endif
  :: left == 0 && IDLE(0) && IDLE(1) -> break
  od
}
