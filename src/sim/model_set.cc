#include "sim/model_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <tuple>

#include "stats/percentile.h"
#include "stats/running_moments.h"

namespace cnnselect {
namespace {

/// Equally likely times, as workloads draw them.
std::vector<Duration> quantiles_of(const SimulatedModel& model) {
  std::vector<Duration> times;
  if (!model.samples.empty()) {
    append_evenly(std::span<const Duration>(model.samples), kProfileTimes, times);
    return times;
  }
  if (model.deviation == Duration::zero()) return {model.mean};
  const boost::math::normal_distribution<double> law(static_cast<double>(model.mean.count()),
                                                     static_cast<double>(model.deviation.count()));
  const double negative = boost::math::cdf(law, 0.0);
  for (std::size_t i = 0; i < kProfileTimes; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(kProfileTimes);
    const double ns = boost::math::quantile(law, negative + share * (1 - negative));
    times.emplace_back(static_cast<Duration::rep>(std::max(ns, 1.0)));
  }
  return times;
}

Error lacking(const ProfileRow& row, std::string_view column, std::string_view source) {
  return {
      ErrorCode::kInvalidArgument,
      fmt::format("{}: model '{}' has no {}; a simulation needs it", source, row.model, column)};
}

}  // namespace

Duration draw_execution(const SimulatedModel& model, Rng& rng) {
  if (!model.samples.empty()) {
    const double place = rng.uniform() * static_cast<double>(model.samples.size());
    return model.samples[static_cast<std::size_t>(place)];
  }
  if (model.deviation == Duration::zero()) return model.mean;
  boost::random::normal_distribution<double> time_ns(static_cast<double>(model.mean.count()),
                                                     static_cast<double>(model.deviation.count()));
  // With a mean above zero at least every other draw is positive.
  while (true) {
    const double ns = time_ns(rng);
    if (ns >= 1) return Duration(static_cast<Duration::rep>(ns));
  }
}

Result<ModelSet> ModelSet::from_profiles(const std::vector<ProfileRow>& rows,
                                         std::string_view source) {
  std::vector<SimulatedModel> models;
  for (const ProfileRow& row : rows) {
    if (!row.top1) return std::unexpected(lacking(row, "top1", source));
    if (!row.mean) return std::unexpected(lacking(row, "mean_ms", source));
    models.push_back({.name = row.model,
                      .accuracy = *row.top1,
                      .mean = *row.mean,
                      .deviation = row.deviation.value_or(Duration::zero()),
                      .samples = {},
                      .cold_mean = row.cold_mean,
                      .cold_deviation = row.cold_deviation.value_or(Duration::zero()),
                      .bytes = row.bytes});
  }
  if (!models.empty()) return ModelSet(std::move(models));
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: no models", source));
}

Result<ModelSet> ModelSet::from_samples(const std::vector<ProfileRow>& rows,
                                        std::vector<std::vector<Duration>> samples,
                                        std::string_view source) {
  std::vector<ProfileRow> measured = rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RunningMoments moments;
    for (const Duration time : samples[i]) moments.add(static_cast<double>(time.count()));
    measured[i].mean = Duration(std::llround(moments.mean()));
    measured[i].deviation = Duration(std::llround(moments.deviation()));
  }
  auto set = from_profiles(measured, source);
  if (!set) return set;
  std::vector<SimulatedModel> models = set->models();
  for (SimulatedModel& model : models) {
    const auto row = std::ranges::find(rows, model.name, &ProfileRow::model);
    model.samples = std::move(samples[static_cast<std::size_t>(row - rows.begin())]);
    std::ranges::sort(model.samples);
  }
  return ModelSet(std::move(models));
}

ModelSet::ModelSet(std::vector<SimulatedModel> models) : models_(std::move(models)) {
  std::ranges::sort(models_, {},
                    [](const SimulatedModel& model) { return std::tie(model.mean, model.name); });
  for (const SimulatedModel& model : models_) {
    candidates_.push_back({.model = ModelId{static_cast<std::uint32_t>(candidates_.size())},
                           .accuracy = model.accuracy,
                           .mean = model.mean,
                           .deviation = model.deviation,
                           .times = times_.emplace_back(quantiles_of(model))});
  }
}

}  // namespace cnnselect
