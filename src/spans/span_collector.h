// SpanCollector: who takes spans, on the other side of a network. One thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/time.h"

namespace cnnselect {

/// What became of one post.
struct PostOutcome {
  int status = 0;                       ///< HTTP's; 0: there was no answer
  std::string body;                     ///< of the answer, at most 64 KiB
  std::string error;                    ///< without an answer: why
  std::optional<Duration> retry_after;  ///< when the collector wants to be asked again
};

class SpanCollector {
 public:
  SpanCollector() = default;
  SpanCollector(const SpanCollector&) = delete;
  SpanCollector& operator=(const SpanCollector&) = delete;
  virtual ~SpanCollector() = default;

  /// Returns after `timeout` (> 0) at the latest, or within about a second of the moment that
  /// `abandon()` first says so.
  virtual PostOutcome post(std::string_view body, Duration timeout,
                           const std::function<bool()>& abandon) = 0;
};

}  // namespace cnnselect
