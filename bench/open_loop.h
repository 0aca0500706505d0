// An open-loop client of the server: what is sent when is decided before, and no answer changes it.
// One thread, so that it takes as little as can be from a server on the same cores, and says of
// every request how late it was itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect::bench {

/// One request of a plan.
struct Shot {
  Duration send_at{};  ///< from the beginning: the intended time
  /// The connection is closed so long after the request was written, unless it was answered.
  std::optional<Duration> leave_after;
};

struct Fate {
  int status = 0;      ///< of HTTP; 0: the connection broke, or no answer within the patience
  bool left = false;   ///< the client closed, as planned
  Duration late{};     ///< intended time to the first byte's departure: the client's own delay
  Duration latency{};  ///< intended time to the last byte of the answer
};

/// Poisson arrivals for `length`; of each request `leaving` is the probability that its client
/// leaves, at a moment drawn evenly from (0, `leave_within`].
std::vector<Shot> poisson_plan(double per_second, Duration length, double leaving,
                               Duration leave_within, std::uint64_t seed);

/// Sends `requests` (whole HTTP requests) in turn, as planned, over kept connections, and returns
/// what became of each when all is over. `each_second` is called about once a second meanwhile.
std::vector<Fate> fire(std::uint16_t port, const std::vector<std::string>& requests,
                       const std::vector<Shot>& plan, Duration patience,
                       const std::function<void()>& each_second);

/// Processor time of this process until now.
Duration own_processor_time();

}  // namespace cnnselect::bench
