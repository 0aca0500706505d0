// FolderWatch: tells when something in one of some folders has changed (Linux' inotify). A file was
// written, moved or removed, or a folder was made. What lies in folders below is not watched.
//
// wait() belongs to one thread; the others may be called by any.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/mutex.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

class FolderWatch {
 public:
  /// Error kUnavailable: the system has no more watches to give.
  static Result<std::unique_ptr<FolderWatch>> create();
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Watched already: nothing happens. Errors: kNotFound, kUnavailable, naming the folder.
  Status add(const std::filesystem::path& folder);
  /// Of the folder that holds `entry` only what happens to that entry counts, such as the swap of a
  /// link. Errors as above.
  Status add_entry(const std::filesystem::path& entry);
  /// Returns true when something has changed and then nothing for `quiet`: a copy under way is then
  /// over. False after stop(), at once.
  bool wait(Duration quiet);
  void stop() const;

 private:
  FolderWatch(int events, int stop) : events_(events), stop_(stop) {}
  /// Entries that count; none: all do.
  using Counted = std::set<std::string>;

  /// The number by which events name the folder.
  Result<int> watch(const std::filesystem::path& folder) const;
  /// False: nothing that counts came within `limit` (kForever: no limit).
  bool wait_for_events(Duration limit);
  /// Reads all that came; whether any of it counts.
  bool read_events() CNNSELECT_EXCLUDES(mutex_);
  bool stopped() const;

  const int events_;  ///< inotify's descriptor
  const int stop_;    ///< an eventfd, readable from stop() on
  Mutex mutex_;
  std::map<int, Counted> counted_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
