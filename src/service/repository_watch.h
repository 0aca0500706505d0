// RepositoryWatch: calls back when something in a catalog's repository has changed: a family file,
// its labels, a model's file or its weights, a new version of it, or a link on the way to any of
// them, such as `models -> models-v2`. It says neither what nor whether it matters. Destruction
// ends it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "backend/external_weights.h"
#include "base/folder_watch.h"
#include "base/mutex.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "model/catalog.h"

namespace cnnselect {

class RepositoryWatch {
 public:
  /// `changed` is called on a thread of the watch, once everything has been quiet for `quiet`.
  /// `catalog` outlives the watch. Errors: those of FolderWatch.
  static Result<std::unique_ptr<RepositoryWatch>> start(
      const Catalog& catalog, std::function<void()> changed,
      Duration quiet = std::chrono::milliseconds(500));
  ~RepositoryWatch();
  /// Watches the repository where it is now. Needed only where it was moved without a link. Any
  /// thread.
  void renew() CNNSELECT_EXCLUDES(mutex_);
  RepositoryWatch(const RepositoryWatch&) = delete;
  RepositoryWatch& operator=(const RepositoryWatch&) = delete;

 private:
  RepositoryWatch(const Catalog& catalog, std::function<void()> changed, Duration quiet,
                  std::unique_ptr<FolderWatch> folders);
  /// Leaves out folders that are not there.
  Status add_folders() CNNSELECT_EXCLUDES(mutex_);
  void work();

  const Catalog& catalog_;
  const std::function<void()> changed_;
  const Duration quiet_;
  const std::unique_ptr<FolderWatch> folders_;
  ExternalWeights weights_;
  Mutex mutex_;          ///< one at a time adds: the newest state of the repository is added last
  std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace cnnselect
