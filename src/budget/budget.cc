#include "budget/budget.h"

#include "budget/saturating.h"

namespace cnnselect {

TimePoint deadline(const RequestTiming& timing) {
  // Without an SLA nothing known of the network brings the deadline any closer.
  if (timing.sla == kForever) return TimePoint::max();
  Duration left = saturating_sub(timing.sla, timing.elapsed);
  left = saturating_sub(left, timing.input);
  left = saturating_sub(left, timing.output);
  return TimePoint(saturating_add(timing.received.time_since_epoch(), left));
}

Budget budget_at(const RequestTiming& timing, Duration threshold, TimePoint now) {
  if (timing.sla == kForever) return {.soft = kForever, .hard = kForever};
  const Duration soft = saturating_sub(deadline(timing).time_since_epoch(), now.time_since_epoch());
  return {.soft = soft, .hard = saturating_sub(soft, threshold)};
}

}  // namespace cnnselect
