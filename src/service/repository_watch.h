// RepositoryWatch: calls back when something in a catalog's repository has changed: a family file,
// its labels, a model's file, or a new version of it. It says neither what nor whether it matters.
// Destruction ends it.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "base/folder_watch.h"
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
  RepositoryWatch(const RepositoryWatch&) = delete;
  RepositoryWatch& operator=(const RepositoryWatch&) = delete;

 private:
  RepositoryWatch(const Catalog& catalog, std::function<void()> changed, Duration quiet,
                  std::unique_ptr<FolderWatch> folders);
  /// Leaves out folders that are not there.
  Status add_folders();
  void work();

  const Catalog& catalog_;
  const std::function<void()> changed_;
  const Duration quiet_;
  const std::unique_ptr<FolderWatch> folders_;
  std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace cnnselect
