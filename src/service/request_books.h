// RequestBooks: where the end of every request is written down: in the metrics, in the protocol's
// statistics, in the request log and among the spans, if there are those. Thread-safe.
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

/// Where spans go, and the clock that times them; no sink, no spans.
struct SpanOutput {
  std::unique_ptr<SpanSink> sink;
  std::function<WallTime()> wall_clock = wall_now;
};

class RequestBooks {
 public:
  /// `log` may be null; all outlive the books.
  RequestBooks(const Catalog& catalog, Metrics& metrics, StatisticsBook& statistics,
               const Clock& clock, RequestLog* log, const SpanOutput& spans)
      : catalog_(catalog),
        metrics_(metrics),
        statistics_(statistics),
        clock_(clock),
        log_(log),
        spans_(spans) {}

  /// `answers`: of the request's images, at least one. `in_time` as far as the server can tell;
  /// nothing without an SLA.
  void answered(const RequestFacts& facts, std::span<const Answer* const> answers,
                const StageTimes& times, std::optional<bool> in_time) const;
  void failed(const RequestFacts& facts, const Error& error) const;

 private:
  void count(const RequestFacts& facts, const Answer& answer, const StageTimes& times,
             std::optional<bool> in_time) const;
  /// Whether somebody wants its spans.
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
