// What was measured of a family's members, as CSV. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "measure/evaluate.h"

namespace cnnselect {

struct EvaluatedModel {
  std::string name;
  Evaluation evaluation;
  std::optional<TimeSummary> cold;     ///< of fresh processes; absent: not measured
  std::optional<std::uint64_t> bytes;  ///< of its file
};

/// A profile table (model/profile_table.h), with its quantiles: model, top1, top5, mean_ms, std_ms,
/// p50_ms .. p99_ms, the same of cold_..., bytes. What was not measured is empty.
std::string evaluation_csv(std::span<const EvaluatedModel> models);

}  // namespace cnnselect
