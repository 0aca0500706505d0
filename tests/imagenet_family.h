// The pretrained ImageNet family, when its files are on this machine: $CNNSELECT_SHARED/imagenet,
// or shared/imagenet beside the source tree. Tests that want it skip, and say so, when it is not
// there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "base/testing/read_file.h"

namespace cnnselect::test {

/// Folder with models/, photos/, reference/, labels.tsv and classes.txt; nothing when it is absent.
inline std::optional<std::filesystem::path> find_imagenet() {
  const char* shared = std::getenv("CNNSELECT_SHARED");
  const std::filesystem::path folder =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(CNNSELECT_SOURCE_DIR) / ".." / "shared";
  std::error_code ignored;  // whatever the reason: it is not there
  if (!std::filesystem::exists(folder / "imagenet" / "labels.tsv", ignored)) return std::nullopt;
  return std::filesystem::absolute(folder / "imagenet").lexically_normal();
}

inline constexpr const char* kNoImagenet =
    "no ImageNet networks here: set CNNSELECT_SHARED to the folder that has imagenet/";

/// Writes the family file into `repository`, a folder that exists, and returns its path.
inline std::filesystem::path write_imagenet_family(const std::filesystem::path& repository,
                                                   const std::filesystem::path& imagenet) {
  constexpr std::string_view kPlace = "@IMAGENET@";
  std::string text = read_file(std::filesystem::path(CNNSELECT_SOURCE_DIR) /
                               "tests/imagenet/imagenet.family.toml.in");
  for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at)) {
    text.replace(at, kPlace.size(), imagenet.string());
  }
  const auto file = repository / "imagenet.family.toml";
  std::ofstream(file) << text;
  return file;
}

}  // namespace cnnselect::test
