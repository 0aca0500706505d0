// RequestBooks: writes down the end of every request: in the metrics, in the protocol's statistics,
// and, if there are these, in the request log and the spans. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/wall_clock.h"
#include "model/catalog.h"
#include "service/metrics.h"
#include "service/request_facts.h"
#include "service/request_log.h"
#include "service/statistics_book.h"
#include "spans/span_sink.h"

namespace cnnselect {

/// Where spans go, and the clock of all that is written down. Without a sink there are no spans.
struct SpanOutput {
  std::unique_ptr<SpanSink> sink;
  std::function<WallTime()> wall_clock = wall_now;
};

class RequestBooks {
 public:
  /// `log` may be null. All outlive the books.
  RequestBooks(const Catalog& catalog, Metrics& metrics, StatisticsBook& statistics,
               const Clock& clock, RequestLog* log, const SpanOutput& spans)
      : catalog_(catalog),
        metrics_(metrics),
        statistics_(statistics),
        clock_(clock),
        log_(log),
        spans_(spans) {}

  /// `answers`: one per image of the request, at least one. `in_time`: as far as the server can
  /// tell; nothing without an SLA.
  void answered(const RequestFacts& facts, std::span<const Answer* const> answers,
                const StageTimes& times, std::optional<bool> in_time) const;
  void failed(const RequestFacts& facts, const Error& error) const;

 private:
  void count(const RequestFacts& facts, const Answer& answer, const StageTimes& times,
             std::optional<bool> in_time) const;
  /// Whether the request's spans are wanted.
  bool traced(const RequestFacts& facts) const {
    return spans_.sink != nullptr && facts.trace && facts.trace->sampled;
  }
  LoggedRequest logged(const RequestFacts& facts, std::string_view outcome) const;

  const Catalog& catalog_;
  Metrics& metrics_;
  StatisticsBook& statistics_;
  const Clock& clock_;
  RequestLog* const log_;
  const SpanOutput& spans_;
};

}  // namespace cnnselect
