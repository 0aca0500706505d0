// What is to be done after a post to the collector, by OTLP's rules: retried are a connection that
// failed and 429, 502, 503, 504, ever later and not for ever; everything else is final. Pure.
#pragma once

#include <string>
#include <variant>

#include "spans/span_collector.h"

namespace cnnselect {

struct RetryOptions {
  int tries = 5;                                          ///< of one batch, >= 1
  Duration first_pause = std::chrono::milliseconds(500);  ///< twice that before the next, ...
  Duration longest_pause = std::chrono::seconds(10);      ///< of any, the collector's wish included
};

/// The batch was taken.
struct Delivered {};
struct TryAgain {
  Duration pause{};
};
/// The batch is lost; `reason` is for the log.
struct GiveUp {
  std::string reason;
};
using AfterPost = std::variant<Delivered, TryAgain, GiveUp>;

/// `tried`: posts of this batch so far, this one included, >= 1.
AfterPost after_post(const PostOutcome& outcome, int tried, const RetryOptions& options);

}  // namespace cnnselect
