// Outcomes of a load run to the figures that are reported. Pure.
//
// Effective accuracy counts a right answer only when it came within its SLA, over all requests
// sent. Attainment is the share that came within the SLA, right or not (docs/metrics.md, "Terms").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

/// What became of one request.
struct LoadOutcome {
  bool answered = false;  ///< false: refused, failed, or no answer in time to wait for it
  bool correct = false;
  std::string model;       ///< that answered
  bool timed_out = false;  ///< not answered for as long as the sender waited
  Duration latency{};      ///< of an answered one; of one that timed out, how long it waited
  Duration late{};         ///< how late the sender itself was
};

struct LoadSummary {
  std::size_t requests = 0;
  std::size_t errors = 0;  ///< not answered
  double attainment = 0;   ///< in [0, 1], as are all proportions
  double accuracy = 0;     ///< of the answered
  double effective_accuracy = 0;
  double attainment_half = 0;  ///< half of the 95 % Wilson interval's width
  double effective_half = 0;   ///< likewise
  /// Of the answered, and of those that timed out, which took at least so long; nothing if there
  /// are none.
  std::optional<Duration> mean;
  std::optional<Duration> p50;
  std::optional<Duration> p95;
  std::optional<Duration> p99;
  Duration late_p99{};                  ///< of the sender's own delay, part of the latencies
  std::map<std::string, double> usage;  ///< share of each model among the answered
};

LoadSummary summarise_load(const std::vector<LoadOutcome>& outcomes, Duration sla);

}  // namespace cnnselect
