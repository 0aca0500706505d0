// Profile: what is known of one model's time and accuracy on this machine.
//
// A value and a snapshot. src/stats learns it from executions, policies read it. Times are those of
// one inference of one input on one worker, without the queue and without the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cnnselect/time.h"

namespace cnnselect {

/// Number of quantiles in which policies get a model's distribution of times.
inline constexpr std::size_t kProfileTimes = 64;

/// Times of one model's hot executions. Older ones weigh less (exponential forgetting).
struct LatencySummary {
  Duration mean{};       ///< mu
  Duration deviation{};  ///< sigma, >= 0
  Duration p50{};
  Duration p95{};
  Duration p99{};
  std::uint64_t samples = 0;        ///< executions ever recorded; 0: all times above are zero
  double weight = 0;                ///< how many of them still count after forgetting
  std::optional<TimePoint> latest;  ///< when the newest sample was recorded
};

struct Profile {
  double top1 = 0;             ///< fraction in [0, 1]
  std::optional<double> top5;  ///< fraction in [0, 1]
  LatencySummary hot;
  std::optional<Duration> cold_start;  ///< load plus first run, if it was seen
};

}  // namespace cnnselect
