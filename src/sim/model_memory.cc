#include "sim/model_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cnnselect {
namespace {

std::vector<ModelCost> costs_of(const ModelSet& models) {
  std::vector<ModelCost> costs;
  for (const SimulatedModel& model : models.models()) {
    costs.push_back({.family = {},
                     .accuracy = model.accuracy,
                     .mean = model.mean,
                     .cold_start = model.cold_mean.value_or(Duration::zero()),
                     .bytes = model.bytes.value_or(0)});
  }
  return costs;
}

}  // namespace

Status check_cold_start(const ModelSet& models, const ColdStart& cold) {
  for (const SimulatedModel& model : models.models()) {
    const auto lacks = [&](const char* column) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("model '{}' has no {} in the profile", model.name, column));
    };
    if (!model.cold_mean) return lacks("cold_mean_ms");
    if (!cold.memory) continue;
    if (!model.bytes) return lacks("bytes");
    if (*model.bytes <= *cold.memory) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("model '{}' of {} bytes does not fit into a memory of {}", model.name,
                            *model.bytes, *cold.memory));
  }
  return {};
}

ModelMemory::ModelMemory(const ModelSet& models, const ColdStart& cold, std::size_t workers,
                         std::uint64_t seed)
    : models_(models),
      residency_(costs_of(models), workers,
                 cold.memory.value_or(std::numeric_limits<std::uint64_t>::max())),
      rng_(seed),
      ready_(models.size()) {}

void ModelMemory::advance(TimePoint now) {
  for (std::uint32_t i = 0; i < ready_.size(); ++i) {
    const ModelId id{i};
    if (residency_.state(id) == Residency::State::kLoading && ready_[i] <= now) {
      residency_.loaded(id);
    }
  }
}

TimePoint ModelMemory::use(ModelId id, TimePoint now) {
  if (residency_.state(id) == Residency::State::kAbsent) {
    // There is room: either without evicting, or nothing is in memory and each model fits.
    begin(residency_.begin(id, now).value(), now);
  }
  residency_.pin(id);
  return std::max(now, ready_[id.value]);
}

void ModelMemory::release(ModelId id, TimePoint now) {
  residency_.unpin(id);
  if (const auto load = residency_.begin_best(now)) begin(*load, now);
}

void ModelMemory::wished(ModelId id, TimePoint now) {
  residency_.wished(id, now);
  if (const auto load = residency_.begin_best(now)) begin(*load, now);
}

void ModelMemory::begin(const Residency::Load& load, TimePoint now) {
  const SimulatedModel& model = models_.models()[load.model.value];
  const SimulatedModel cold{.name = {},
                            .mean = model.cold_mean.value_or(Duration::zero()),
                            .deviation = model.cold_deviation,
                            .samples = {}};
  ready_[load.model.value] = now + draw_execution(cold, rng_);
  ++loads_;
  evictions_ += load.evicted.size();
}

}  // namespace cnnselect
