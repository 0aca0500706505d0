// The repository that a benchmark of the program serves: the ImageNet networks when they are there
// (tests/imagenet_family.h), else the embedded family.
#pragma once

#include <filesystem>
#include <memory>

#include "base/testing/temporary_folder.h"
#include "model/catalog.h"
#include "tests/imagenet_family.h"

namespace cnnselect::bench {

inline const std::filesystem::path kZoo = std::filesystem::path(CNNSELECT_SOURCE_DIR) / "zoo";

/// The repository, its models, and who removes it.
struct Subject {
  std::unique_ptr<TemporaryFolder> folder;
  std::filesystem::path repository;
  Catalog catalog;

  static Subject find() {
    std::unique_ptr<TemporaryFolder> folder;
    std::filesystem::path repository = kZoo / "repository";
    if (const auto imagenet = test::find_imagenet()) {
      folder = std::make_unique<TemporaryFolder>();
      test::write_imagenet_family(folder->path(), *imagenet);
      repository = folder->path();
    }
    auto catalog = Catalog::scan(repository);
    return {std::move(folder), repository, std::move(catalog.value())};
  }
};

}  // namespace cnnselect::bench
