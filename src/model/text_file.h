// Small text files, read and replaced whole.
// Any thread; two writers of one file: the last one wins, and no reader sees half of either.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

/// Larger files are refused before they are read: none of ours comes near it.
inline constexpr std::size_t kMaxTextFileBytes = std::size_t{16} << 20U;

/// The file's bytes. `what` ("family file") opens the error. Errors: kNotFound, kTooLarge,
/// kInvalidArgument (not a file), kInternal (reading failed).
Result<std::string> read_text_file(std::string_view what, const std::filesystem::path& file);

/// Replaces the file's content, or makes the file: written beside it, flushed to the disk, then
/// renamed over it. Keeps the permissions and follows links. Error kInternal.
Status replace_text_file(std::string_view what, const std::filesystem::path& file,
                         std::string_view content);

}  // namespace cnnselect
