// Metrics: what an operator watches, as Prometheus counters and histograms. docs/architecture.md
// lists them. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "engine/engine.h"
#include "engine/request.h"
#include "model/catalog.h"

namespace cnnselect {

/// Where one answered request's time went, for the histograms.
struct StageTimes {
  Duration input{};   ///< on the network, one way
  Duration decode{};  ///< photo to pixels; zero for tensors
  Duration server{};  ///< last byte in to answer ready
};

class Metrics {
 public:
  /// Series of every family and model exist from the start, at zero.
  explicit Metrics(const Catalog& catalog);
  ~Metrics();

  /// `in_time` as far as the server can tell; nothing without an SLA.
  void count_answer(FamilyId family, const Answer& answer, const StageTimes& times,
                    std::optional<bool> in_time);
  void count_error(FamilyId family, ErrorCode code);

  /// Text exposition format 0.0.4, with gauges for the engine and the learnt profiles as of now.
  std::string text(const EngineStatus& engine, const ModelManager& models);

 private:
  struct Series;
  const Catalog& catalog_;
  std::unique_ptr<Series> series_;
};

}  // namespace cnnselect
