// ModelManager: loads models, warms them up, keeps their profiles, and hands out pins.
//
// All functions are thread-safe. A ModelHandle pins its model: while one lives, the model stays
// loaded.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/backend.h"
#include "cnnselect/profile.h"
#include "model/catalog.h"

namespace cnnselect {

/// A pin on a loaded model. Movable; unpins on destruction.
class ModelHandle {
 public:
  LoadedModel& model() const;

 private:
  std::shared_ptr<LoadedModel> model_;
};

class ModelManager {
 public:
  struct Options {
    int warm_up_runs = 10;  ///< after a discarded first run, seed the profile; >= 1
    int load_threads = 2;   ///< models load in parallel, >= 1
  };

  ModelManager(const Catalog& catalog, Backend& backend, Clock& clock, Options options);

  /// Loads and warms up every model; the first failure is returned, named after its model and file.
  Status load_all();
  bool loaded(ModelId id) const;

  /// Errors: kUnavailable when the model is not loaded.
  Result<ModelHandle> acquire(ModelId id);

  /// Adds one hot execution to the model's profile.
  void record(ModelId id, Duration took);
  Profile profile(ModelId id) const;
};

}  // namespace cnnselect
