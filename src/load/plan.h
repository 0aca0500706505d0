// LoadPlan: what is sent when, over which network, decided before anything is sent. Pure: the same
// seed gives the same plan for every SLA and policy, so that they meet the same requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/arrivals.h"
#include "trace/network.h"

namespace cnnselect {

struct PlannedRequest {
  Duration send_at{};       ///< from the beginning: the intended time, from which latency counts
  std::size_t picture = 0;  ///< index
  NetworkTimes network;
};

/// What an answer weighs on its way back, about: JSON of five classes and its timings.
inline constexpr std::size_t kAnswerBytes = 1'000;

/// `picture_bytes` holds the size of every picture, at least one; pictures are drawn evenly.
std::vector<PlannedRequest> plan_load(std::size_t requests,
                                      const std::vector<std::size_t>& picture_bytes,
                                      const Arrivals& arrivals, const Network& network,
                                      std::uint64_t seed);

}  // namespace cnnselect
