/* Failback with hostile answers: which endpoint is in use, who may probe, and that every call ends.

   Two calls at once that may run twice, BUDGET in all; time passes, a tab dies, a second catalogue is published.

   BUG_NO_BOOKING      -> two_probes
   BUG_BLIND_PROBE     -> two_probes
   BUG_EARLY_CHOICE    -> choice_never_answered
   BUG_SILENT_CHOICE   -> choice_never_answered
   BUG_SILENT_RETURNS  -> returned_without_answer
   BUG_ROUND_AND_ROUND -> call_does_not_end
   BUG_LOST_SCOUT      -> call_does_not_end */

#define N 2
#define CALLS 2
#ifdef SMALL
#define BUDGET 3
#else
#define BUDGET 4
#endif
#define MAX_WAITS 6
#define ONLY_REPEATS

#include "machine.pml"

byte left = BUDGET;
byte shorts = 1, mediums = 1, rested = 1, longs = 0;

#include "world.pml"
