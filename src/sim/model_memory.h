// The simulated server's memory: which models are in it, by the server's own Residency, with loads
// that take their time. Not thread-safe.
//
// A load in the background takes nothing from the workers; a request that waits for one keeps its
// worker meanwhile. Everything begins unloaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "engine/residency.h"
#include "sim/model_set.h"

namespace cnnselect {

struct ColdStart {
  std::optional<std::uint64_t> memory;  ///< bytes, > 0; nothing: all models fit
};

/// Whether enough is known of the models, and each fits. Errors name the model and what is missing.
Status check_cold_start(const ModelSet& models, const ColdStart& cold);

class ModelMemory {
 public:
  /// check_cold_start() holds; `models` outlives the memory. `seed`: of the loads' times.
  ModelMemory(const ModelSet& models, const ColdStart& cold, std::size_t workers,
              std::uint64_t seed);

  /// Ends the loads that are over by `now`, which never goes back.
  void advance(TimePoint now);
  /// As Candidate::cold_start has it.
  Duration cold_start(ModelId id, TimePoint now) const { return residency_.cold_start(id, now); }
  /// A request that begins now uses the model, which loads if it must: when it can run. Its
  /// cold_start() is not kForever.
  TimePoint use(ModelId id, TimePoint now);
  /// That use is over.
  void release(ModelId id, TimePoint now);
  /// A policy would have chosen this model; what is worth it is loaded in the background.
  void wished(ModelId id, TimePoint now);

  /// Models loaded so far, and evicted.
  std::size_t loads() const { return loads_; }
  std::size_t evictions() const { return evictions_; }

 private:
  void begin(const Residency::Load& load, TimePoint now);

  const ModelSet& models_;
  Residency residency_;
  Rng rng_;
  std::vector<TimePoint> ready_;  ///< by model, of its latest load
  std::size_t loads_ = 0;
  std::size_t evictions_ = 0;
};

}  // namespace cnnselect
