#include "budget/network_estimate.h"

#include <algorithm>

#include "budget/saturating.h"

namespace cnnselect {

NetworkEstimate estimate_network(const NetworkObservation& seen) {
  const Duration transfer = std::max(
      saturating_sub(seen.last_byte.time_since_epoch(), seen.first_byte.time_since_epoch()),
      Duration::zero());
  const Duration rtt = seen.client_rtt.value_or(seen.connection_rtt.value_or(Duration::zero()));
  const Duration input = saturating_add(transfer, std::max(rtt, Duration::zero()) / 2);
  return {.input = input, .output = std::max(seen.last_output.value_or(input), Duration::zero())};
}

}  // namespace cnnselect
