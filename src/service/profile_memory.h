// ProfileMemory: the models' profiles outlive the server. At the start it gives back what an
// earlier run learnt of these very files on this machine. It writes what this run learns, once a
// second.
//
// remembered() and switched() are thread-safe. From keep() until destruction a thread of its own
// writes; a killed process loses at most the last second.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "service/background_writer.h"
#include "store/file_digest.h"
#include "store/profile_store.h"

namespace cnnselect {

class ProfileMemory {
 public:
  /// What a profile depends on, apart from the model's file.
  struct Place {
    std::string machine;
    std::string runtime;
  };

  /// Reads the digests of all model files and what is known of them. `catalog` outlives it. Errors:
  /// those of the store, and a model's file that cannot be read.
  static Result<std::unique_ptr<ProfileMemory>> open(const std::filesystem::path& file,
                                                     const Catalog& catalog, const Place& place);
  /// What is known of this file. It may be another than the one at the start.
  std::optional<RememberedProfile> remembered(ModelId id, const ModelFile& file)
      CNNSELECT_EXCLUDES(mutex_);
  /// From now on the model's profile is that of `file`, after its nth switch.
  void switched(ModelId id, const ModelFile& file, std::uint64_t n) CNNSELECT_EXCLUDES(mutex_);
  /// How many models have a profile from an earlier run.
  std::size_t known() const { return known_; }

  /// Begins to write, every `period` and a last time on destruction. `models` outlives this object.
  void keep(const ModelManager& models, Duration period = std::chrono::seconds(1));

 private:
  /// Under what a model's profile is stored, and how much of it.
  struct Kept {
    ProfileKey key;
    std::uint64_t switches = 0;  ///< of the model's file, when this was its key
    std::uint64_t written = 0;   ///< samples
  };

  ProfileMemory(ProfileStore store, const Catalog& catalog, Place place)
      : store_(std::move(store)), catalog_(catalog), place_(std::move(place)) {}

  Result<ProfileKey> key_of(ModelId id, const ModelFile& file) CNNSELECT_EXCLUDES(mutex_);
  /// Writes the profiles that have learnt something since they were written last.
  Status write(const ModelManager& models) CNNSELECT_EXCLUDES(mutex_);
  /// Nothing if its file was switched, and switched() is yet to come.
  static std::optional<StoredProfile> profile_of(const Kept& kept, ModelId id,
                                                 const ModelManager& models);

  mutable Mutex mutex_;
  ProfileStore store_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<Kept> kept_ CNNSELECT_GUARDED_BY(mutex_);  // index = ModelId::value
  FileDigests digests_;
  const Catalog& catalog_;
  const Place place_;
  std::size_t known_ = 0;
  std::unique_ptr<BackgroundWriter> writer_;  // last: it uses everything above
};

}  // namespace cnnselect
