// Metrics: what an operator watches, as Prometheus counters and histograms. docs/metrics.md lists
// them. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "engine/engine.h"
#include "engine/request.h"
#include "model/catalog.h"
#include "spans/span_sink.h"

namespace cnnselect {

/// Where one answered request's time went, for the histograms.
struct StageTimes {
  Duration input{};   ///< on the network, one way
  Duration decode{};  ///< photo to pixels; zero for tensors
  Duration server{};  ///< last byte in to answer ready
};

/// The outcome of an answered request, as in the metrics and the request log: "in_time", "late" or
/// "no_sla".
std::string_view outcome_name(std::optional<bool> in_time);
/// The outcome of a request without an answer: "given_up", "timed_out", "refused", "cancelled",
/// "failed" or "bad_request".
std::string_view outcome_name(ErrorCode error);

class Metrics {
 public:
  /// The series of every family and model exist from the start, at zero.
  explicit Metrics(const Catalog& catalog);
  ~Metrics();

  /// `in_time` as far as the server can tell; nothing without an SLA.
  void count_answer(FamilyId family, const Answer& answer, const StageTimes& times,
                    std::optional<bool> in_time);
  /// Of so many images, >= 1.
  void count_error(FamilyId family, ErrorCode code, std::size_t images);

  /// Text exposition format 0.0.4, with gauges for the engine and the learnt profiles as they are
  /// now. `log_dropped`: requests that the request log lost.
  std::string text(const EngineStatus& engine, const ModelManager& models,
                   std::uint64_t log_dropped, const SpanCounts& spans);

 private:
  struct Series;
  const Catalog& catalog_;
  std::unique_ptr<Series> series_;
};

}  // namespace cnnselect
