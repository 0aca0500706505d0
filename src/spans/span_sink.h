// SpanSink: where finished spans go. Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "spans/span.h"

namespace cnnselect {

/// Since the server's start.
struct SpanCounts {
  std::uint64_t exported = 0;  ///< spans that the collector has taken
  std::uint64_t dropped = 0;   ///< spans that it has not, and never will
  std::uint64_t failures = 0;  ///< posts that went wrong, each try
};

class SpanSink {
 public:
  SpanSink() = default;
  SpanSink(const SpanSink&) = delete;
  SpanSink& operator=(const SpanSink&) = delete;
  virtual ~SpanSink() = default;

  /// Never blocks for longer than a lock is held: what there is no room for is dropped and counted.
  virtual void add(std::vector<Span> spans) = 0;
  virtual SpanCounts counts() const = 0;
};

}  // namespace cnnselect
