// What ModelManager knows of one model. Private to model_manager.cc and model_loading.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/model_manager.h"

namespace cnnselect {

struct ModelManager::Entry {
  mutable Mutex mutex;
  ModelFile file CNNSELECT_GUARDED_BY(mutex);
  std::uint64_t switches CNNSELECT_GUARDED_BY(mutex) = 0;  ///< how often the file was switched
  std::shared_ptr<const void> lease CNNSELECT_GUARDED_BY(mutex);  ///< null: withdrawn
  int offers CNNSELECT_GUARDED_BY(mutex) = 0;  ///< offers with leases still alive
  std::shared_ptr<LoadedModel> model CNNSELECT_GUARDED_BY(mutex);
  std::shared_ptr<const ModelSpecs> specs
      CNNSELECT_GUARDED_BY(mutex);  ///< known once it was loaded
  LearntProfile profile CNNSELECT_GUARDED_BY(mutex);
  std::optional<Duration> cold_start CNNSELECT_GUARDED_BY(mutex);
};

/// A model that was loaded and has run once.
struct ModelManager::Fresh {
  std::shared_ptr<LoadedModel> model;
  std::shared_ptr<const ModelSpecs> specs;
  Duration cold_start{};
};

/// A run's error, with the names of the model and the file added.
Error run_error(const FamilyMember& member, std::string_view step, const Error& error);

}  // namespace cnnselect
