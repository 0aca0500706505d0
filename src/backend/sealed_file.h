// A sealed file: content, then 16 bytes that tell whether the content is what was written, whole
// and under this name.
//
// The seal is XXH3 of the content: it finds what accidents do to a file (a full disk, a crash, a
// bad sector), at a tenth of the cost of reading it. It is no signature: who may write to the
// folder may seal whatever he likes. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/file_bytes.h"
#include "cnnselect/result.h"

namespace cnnselect {

class SealedFile {
 public:
  /// The content of `file`, if its seal is right for `name`. Errors name the file: kNotFound,
  /// kUnavailable (it cannot be read), kInvalidArgument (no such seal).
  static Result<SealedFile> read(const std::filesystem::path& file, std::string_view name);

  std::span<const std::byte> content() const;

 private:
  explicit SealedFile(FileBytes bytes) : bytes_(std::move(bytes)) {}

  FileBytes bytes_;
};

/// Adds the seal to a file of content alone, and brings both to the disk. Errors: kNotFound,
/// kUnavailable; the file is then of no use.
Status seal_file(const std::filesystem::path& file, std::string_view name);

}  // namespace cnnselect
