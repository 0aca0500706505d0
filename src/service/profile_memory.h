// ProfileMemory: the models' profiles outlive the server. What an earlier run learnt of these very
// files on this machine is given back at the start; what this one learns is written once a second.
//
// remembered() is thread-safe. From keep() until destruction a thread of its own writes; a killed
// process loses at most the last second.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model_manager.h"
#include "model/catalog.h"
#include "service/background_writer.h"
#include "store/profile_store.h"

namespace cnnselect {

class ProfileMemory {
 public:
  /// What a profile depends on beside the model's file.
  struct Place {
    std::string machine;
    std::string runtime;
  };

  /// Reads the digests of all model files and what is known of them. `catalog` outlives it. Errors:
  /// those of the store, and a model's file that cannot be read.
  static Result<std::unique_ptr<ProfileMemory>> open(const std::filesystem::path& file,
                                                     const Catalog& catalog, const Place& place);
  std::optional<RememberedProfile> remembered(ModelId id) const;
  /// How many models have a profile from an earlier run.
  std::size_t known() const;

  /// Begins to write, every `period` and a last time on destruction. `models` outlives this object.
  void keep(const ModelManager& models, Duration period = std::chrono::seconds(1));

 private:
  ProfileMemory(ProfileStore store, const Catalog& catalog)
      : store_(std::move(store)), catalog_(catalog) {}

  /// Those that have learnt something since they were written last.
  Status write(const ModelManager& models);
  StoredProfile profile_of(ModelId id, const ModelManager& models) const;

  ProfileStore store_;  // the writing thread's once keep() was called
  const Catalog& catalog_;
  std::vector<ProfileKey> keys_;                          // index = ModelId::value
  std::vector<std::optional<StoredProfile>> remembered_;  // likewise
  std::vector<std::uint64_t> written_;                    // samples, likewise
  std::unique_ptr<BackgroundWriter> writer_;              // last: it uses everything above
};

}  // namespace cnnselect
