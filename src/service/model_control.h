// ModelControl: loads, reloads and withdraws models while the server serves, one after the other on
// a thread of low priority. It does so when a client asks for it, or when the operator says that
// the repository has changed.
//
// A model's newest file is what its family file and the repository say now: a pinned `version`, a
// `file`, or the highest version folder. Its accuracy is taken with it. Everything else in a family
// file (a model's input, the labels, the members) counts at the start only. A change there is
// refused, and the error names it.
//
// Thread-safe. Destruction finishes the job under way and fails the jobs that wait.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "backend/external_weights.h"
#include "base/mutex.h"
#include "cnnselect/result.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "store/file_digest.h"

namespace cnnselect {

class ModelControl {
 public:
  using Done = std::move_only_function<void(Status)>;

  /// `catalog` and `models` outlive it.
  ModelControl(const Catalog& catalog, ModelManager& models);
  ~ModelControl();
  ModelControl(const ModelControl&) = delete;
  ModelControl& operator=(const ModelControl&) = delete;

  /// Loads the newest file of a model, or of every member of a family, also if nothing has changed.
  /// `done` is called on another thread. Errors: kNotFound (no such name); "failed to load ..." for
  /// a file that does not load or a broken family file. The model then stays what it was. The other
  /// members of a family are loaded all the same.
  void load(std::string name, Done done) CNNSELECT_EXCLUDES(mutex_);
  /// Withdraws a model, or every member of a family. Requests that it has taken are still answered.
  void unload(std::string name, Done done) CNNSELECT_EXCLUDES(mutex_);
  /// Whether refresh() also tries files again that did not load and have not changed since. The
  /// cause of the failure may have passed.
  enum class Again { kOnlyWhatChanged, kAlsoWhatFailed };
  /// Loads what has changed in the repository, and says in the log what did.
  void refresh(Again again) CNNSELECT_EXCLUDES(mutex_);

  /// Why the model is not ready: "unloaded". Empty if nothing was done to it.
  std::string reason(ModelId id) const CNNSELECT_EXCLUDES(mutex_);

 private:
  /// A file as it was when it was last looked at. If it differs now, it has changed.
  struct Stamp {
    ModelFile file;
    std::optional<FileState> state;  ///< nothing: it cannot be read
    /// The files of weights that it names.
    std::map<std::filesystem::path, std::optional<FileState>> weights;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  void post(std::function<Status()> job, Done done) CNNSELECT_EXCLUDES(mutex_);
  void work() CNNSELECT_EXCLUDES(mutex_);
  Result<std::vector<ModelId>> targets(std::string_view name) const;
  Status load_now(const std::string& name);
  Status unload_now(const std::string& name);
  Status refresh_now(Again again);
  bool differs(ModelId id, const Stamp& newest, Again again) const;
  /// What the family's file says now.
  Result<Family> read(FamilyId id) const;
  /// Where the repository has the model now, by what its family's file says.
  Result<Stamp> find(ModelId id, const Family& family);
  Status switch_to(ModelId id, const Stamp& newest);

  struct Job {
    std::function<Status()> run;
    Done done;
  };

  const Catalog& catalog_;
  ModelManager& models_;
  ExternalWeights weights_;
  // By ModelId; the thread's below once it has a job:
  std::vector<std::optional<Stamp>> loaded_;  ///< the file as it was when it was loaded
  std::vector<std::optional<Stamp>> failed_;  ///< a file that did not load since
  mutable Mutex mutex_;
  CondVar work_;
  std::deque<Job> jobs_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<std::string> reasons_ CNNSELECT_GUARDED_BY(mutex_);  ///< by ModelId
  bool stopping_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace cnnselect
