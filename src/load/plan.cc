#include "load/plan.h"

namespace cnnselect {
std::vector<PlannedRequest> plan_load(std::size_t requests,
                                      const std::vector<std::size_t>& picture_bytes,
                                      const Arrivals& arrivals, const Network& network,
                                      std::uint64_t seed) {
  Rng rng(seed);
  const auto times = arrivals.draw(requests, rng);
  std::vector<PlannedRequest> plan;
  plan.reserve(requests);
  for (const Duration send_at : times) {
    const auto picture =
        static_cast<std::size_t>(rng.uniform() * static_cast<double>(picture_bytes.size()));
    plan.push_back({.send_at = send_at,
                    .picture = picture,
                    .network = network.draw(send_at, picture_bytes[picture], kAnswerBytes, rng)});
  }
  return plan;
}

}  // namespace cnnselect
