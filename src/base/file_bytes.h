// FileBytes: a whole file in memory, read at once.
//
// Large files are read into large pages where the system has them: faulting in 4 KiB pages can take
// longer than reading. The bytes are a copy, so whatever happens to the file or its disk later is
// no fault of this process (as it would be for a mapped file). Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>

#include "cnnselect/result.h"

namespace cnnselect {

class FileBytes {
 public:
  /// Errors name the file: kNotFound, kUnavailable (it cannot be read, or changes while it is).
  static Result<FileBytes> read(const std::filesystem::path& file);

  std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };

  FileBytes(std::byte* memory, std::size_t size) : memory_(memory), size_(size) {}

  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_;
};

}  // namespace cnnselect
