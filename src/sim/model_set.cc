#include "sim/model_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <tuple>

namespace cnnselect {
namespace {

/// Of normal(mean, deviation) given that it is positive, as workloads draw it.
std::vector<Duration> quantiles_of(const SimulatedModel& model) {
  if (model.deviation == Duration::zero()) return {model.mean};
  const boost::math::normal_distribution<double> law(static_cast<double>(model.mean.count()),
                                                     static_cast<double>(model.deviation.count()));
  const double negative = boost::math::cdf(law, 0.0);
  std::vector<Duration> times;
  for (std::size_t i = 0; i < ModelSet::kTimes; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(ModelSet::kTimes);
    const double ns = boost::math::quantile(law, negative + share * (1 - negative));
    times.emplace_back(static_cast<Duration::rep>(std::max(ns, 1.0)));
  }
  return times;
}

}  // namespace

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
                               .deviation = model.deviation,
                               .times = set.times_.emplace_back(quantiles_of(model))});
  }
  return set;
}

}  // namespace cnnselect
