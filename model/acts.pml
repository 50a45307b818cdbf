/* Acts and proofs: what may not run twice goes to another endpoint only when it is proved that it did not run.

   An act and a second call beside it, over three endpoints.

   BUG_BROKEN_IS_PROOF  -> act_ran_twice
   BUG_OFFLINE_IS_PROOF -> act_ran_twice
   BUG_UNKNOWN_REPEATS  -> act_ran_twice
   BUG_FAULT_WINS       -> told_less_than_the_truth
   BUG_DEADLINE_HIDES   -> told_less_than_the_truth
   BUG_ACT_PROBES       -> act_probes
   BUG_NOT_SENT_IS_NONE -> told_more_than_the_truth */

#ifdef SMALL
#define N 2
#else
#define N 3
#endif
#define CALLS 2
#define MAX_WAITS 6

#include "machine.pml"

byte left = 2;
byte shorts = 1, mediums = 1, rested = 1, longs = 1;

#include "world.pml"
