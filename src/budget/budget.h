// How much time a request has left: from SLA, network and waiting to the Budget that policies see.
// Pure functions and values.
#pragma once

#include "cnnselect/selector.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What was promised and what is known of the network, for one request.
struct RequestTiming {
  Duration sla = kForever;  ///< T_sla: from "send" on the device to "answer on the device"
  Duration elapsed{};       ///< spent on the device before sending, as it told us
  Duration input{};         ///< T_input: measured way here
  Duration output{};        ///< T_output: estimated way back (the paper's estimate is T_input)
  TimePoint received;       ///< when the last byte was in, on this host's clock
};

/// When the answer must leave this host: received + sla - elapsed - input - output; saturates
/// (kForever gives TimePoint::max()).
TimePoint deadline(const RequestTiming& timing);

/// T_U = deadline - now, T_L = T_U - threshold (selection.md, "Inputs of one decision").
/// `threshold` >= 0.
Budget budget_at(const RequestTiming& timing, Duration threshold, TimePoint now);

}  // namespace cnnselect
