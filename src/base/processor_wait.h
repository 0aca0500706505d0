// For how long the calling thread did not run although it may have wanted to: what tells a slow
// run from one that others were in the way of. Any thread, for itself.
//
// Both functions only ever grow; what counts is the difference of two calls on the same thread.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

/// Time that the thread was on no processor, whatever the reason: it waited for one, or for
/// something else, or the machine below gave the time to another guest.
Duration time_off_processor();

/// Time that the thread was ready to run and waited for a processor. Stays 0 where the system does
/// not tell (Linux: /proc/thread-self/schedstat). About 10 us a call.
Duration time_ready_but_waiting();

}  // namespace cnnselect
