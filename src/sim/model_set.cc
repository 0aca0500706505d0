#include "sim/model_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace cnnselect {

Result<ModelSet> ModelSet::from_profiles(const std::vector<ProfileRow>& rows,
                                         std::string_view source) {
  const auto lacking = [&](const ProfileRow& row, std::string_view column) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{}: model '{}' has no {}; a simulation needs it", source, row.model, column));
  };
  ModelSet set;
  for (const ProfileRow& row : rows) {
    if (!row.top1) return lacking(row, "top1");
    if (!row.mean) return lacking(row, "mean_ms");
    set.models_.push_back({.name = row.model,
                           .accuracy = *row.top1,
                           .mean = *row.mean,
                           .deviation = row.deviation.value_or(Duration::zero())});
  }
  if (set.models_.empty()) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no models", source));
  }
  std::ranges::sort(set.models_, {},
                    [](const SimulatedModel& model) { return std::tie(model.mean, model.name); });
  for (const SimulatedModel& model : set.models_) {
    set.candidates_.push_back({.model = ModelId{static_cast<std::uint32_t>(set.candidates_.size())},
                               .accuracy = model.accuracy,
                               .mean = model.mean,
                               .deviation = model.deviation});
  }
  return set;
}

}  // namespace cnnselect
