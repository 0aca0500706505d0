// The repository that a benchmark of the program serves: the ImageNet networks when they are there
// (tests/imagenet_family.h), else the embedded family.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/testing/read_file.h"
#include "base/testing/temporary_folder.h"
#include "cnnselect/time.h"
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

/// Whole HTTP requests that classify 200 of the embedded family's test pictures.
inline std::vector<std::string> photo_requests(const std::string& family, Duration sla) {
  std::vector<std::string> requests;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kZoo / "pictures" / "test")) {
    if (entry.path().extension() != ".tsv") files.insert(entry.path());
  }
  for (const auto& file : files) {
    if (requests.size() == 200) break;
    const std::string photo = read_file(file);
    requests.push_back(
        fmt::format("POST /v1/families/{}/classify?sla_ms={} HTTP/1.1\r\nHost: bench\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    family, to_ms(sla), photo.size(), photo));
  }
  return requests;
}

}  // namespace cnnselect::bench
