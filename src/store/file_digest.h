// What a file holds, as a name. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/mutex.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// SHA-256 of the file's bytes, 64 hexadecimal digits. Errors: kNotFound, naming the file.
Result<std::string> file_digest(const std::filesystem::path& file);

/// What tells a file from its earlier self without reading it: whatever writes to a file changes
/// its time of change, which nobody can set. Two writes within the clock's grain may look alike.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const FileState&, const FileState&) = default;
};

/// Errors: kNotFound, naming the file.
Result<FileState> file_state(const std::filesystem::path& file);

/// Digests of files that are asked for again and again: a file is read once, until it changes.
class FileDigests {
 public:
  /// As file_digest().
  Result<std::string> of(const std::filesystem::path& file) CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Digested {
    FileState state;
    std::string digest;
  };

  Mutex mutex_;
  std::map<std::filesystem::path, Digested> known_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
