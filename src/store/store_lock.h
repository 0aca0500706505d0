// StoreLock: that only one server at a time writes to a store. The lock is of the open file
// FILE.lock beside it, so the system gives it back with the process, however that ends. The file
// itself stays: whoever removed it could not be told from a second server.
#pragma once

#include <filesystem>
#include <string>

#include "cnnselect/result.h"

namespace cnnselect {

class StoreLock {
 public:
  /// Until destruction nobody else gets it, by whatever path he names the store. Errors:
  /// kUnavailable, naming the store, the lock's file and, if it is known, who holds it; kInternal:
  /// the file cannot be made.
  static Result<StoreLock> take(const std::filesystem::path& store);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&& other) noexcept;
  ~StoreLock();

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  ///< -1: moved away
};

}  // namespace cnnselect
