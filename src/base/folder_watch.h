// FolderWatch: tells when something in one of some folders has changed (Linux' inotify): a file was
// written, moved or removed, or a folder made. What lies in folders below is not watched.
//
// wait() and add() belong to one thread; stop() may be called by any.
#pragma once

#include <filesystem>
#include <memory>

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
  Status add(const std::filesystem::path& folder) const;
  /// Returns true when something has changed and then nothing for `quiet`, so that a copy under way
  /// is over; false after stop(), at once.
  bool wait(Duration quiet) const;
  void stop() const;

 private:
  FolderWatch(int events, int stop) : events_(events), stop_(stop) {}
  /// False: nothing came within `limit_ms` (-1: no limit).
  bool wait_for_events(int limit_ms) const;
  bool stopped() const;

  const int events_;  ///< inotify's descriptor
  const int stop_;    ///< an eventfd, readable from stop() on
};

}  // namespace cnnselect
