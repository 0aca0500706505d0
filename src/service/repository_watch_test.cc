#include "service/repository_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// A family of one model.
void write_repository(const TemporaryFolder& folder, const std::filesystem::path& where) {
  folder.write(where / "labels.txt", "no\n");
  folder.write(where / "cat/1/model.onnx", "a net");
  folder.write(where / "pets.family.toml",
               "name = 'pets'\nlabels = 'labels.txt'\n[[model]]\nname = 'cat'\n");
}

class RepositoryWatchTest : public testing::Test {
 protected:
  RepositoryWatchTest() {
    folder_.write("labels.txt", "no\n");
    folder_.write("nets/dog.onnx", "a net");
    folder_.write("cat/1/model.onnx", "a net");
    folder_.write("pets.family.toml",
                  "name = 'pets'\nlabels = 'labels.txt'\n[[model]]\nname = 'cat'\n"
                  "[[model]]\nname = 'dog'\nfile = 'nets/dog.onnx'\n");
    catalog_ = std::make_unique<Catalog>(Catalog::scan(folder_.path()).value());
    watch_ = RepositoryWatch::start(*catalog_, [this] { ++changes_; }, 20ms).value();
  }

  /// Whether the watch calls within five seconds, having called `before` times.
  bool wakes_after(int before) const {
    for (int i = 0; i < 5'000 && changes_ == before; ++i) std::this_thread::sleep_for(1ms);
    return changes_ > before;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
  std::atomic<int> changes_ = 0;
  std::unique_ptr<RepositoryWatch> watch_;
};

TEST_F(RepositoryWatchTest, EveryFileOfTheRepositoryCounts) {
  for (const char* file : {"pets.family.toml", "labels.txt", "nets/dog.onnx", "cat/1/model.onnx"}) {
    const int before = changes_;
    folder_.write(file, "other");
    EXPECT_TRUE(wakes_after(before)) << file;
  }
}

TEST_F(RepositoryWatchTest, ANewVersionIsSeenFolderFirstAndFileLater) {
  std::filesystem::create_directory(folder_.path() / "cat" / "2");
  ASSERT_TRUE(wakes_after(0));
  const int before = changes_;
  folder_.write("cat/2/model.onnx", "a net");
  EXPECT_TRUE(wakes_after(before));
}

/// The repository's path is `folder`/models, which links to one of its folders.
class LinkedRepositoryTest : public testing::Test {
 protected:
  LinkedRepositoryTest() {
    write_repository(folder_, "v1");
    write_repository(folder_, "v2");
    lead_to("v1");
    catalog_ = std::make_unique<Catalog>(Catalog::scan(folder_.path() / "models").value());
    watch_ = RepositoryWatch::start(*catalog_, [this] { ++changes_; }, 20ms).value();
  }

  /// As deployments do it: in one step.
  void lead_to(const std::filesystem::path& target) const {
    std::filesystem::create_directory_symlink(target, folder_.path() / "next");
    std::filesystem::rename(folder_.path() / "next", folder_.path() / "models");
  }
  bool wakes_after(int before) const {
    for (int i = 0; i < 5'000 && changes_ == before; ++i) std::this_thread::sleep_for(1ms);
    return changes_ > before;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
  std::atomic<int> changes_ = 0;
  std::unique_ptr<RepositoryWatch> watch_;
};

TEST_F(LinkedRepositoryTest, TheSwapOfTheLinkIsSeenAndWhatComesInTheNewFolder) {
  lead_to("v2");
  ASSERT_TRUE(wakes_after(0));
  const int swapped = changes_;
  folder_.write("v2/cat/2/model.onnx", "a net");
  EXPECT_TRUE(wakes_after(swapped));
}

TEST_F(LinkedRepositoryTest, ALinkBehindTheLinkCountsToo) {
  std::filesystem::create_directory_symlink("v1", folder_.path() / "current");
  lead_to("current");
  ASSERT_TRUE(wakes_after(0));
  const int before = changes_;
  std::filesystem::create_directory_symlink("v2", folder_.path() / "newer");
  std::filesystem::rename(folder_.path() / "newer", folder_.path() / "current");
  EXPECT_TRUE(wakes_after(before));
}

TEST_F(LinkedRepositoryTest, WhatElseLiesBesideTheLinkDoesNotCount) {
  folder_.write("notes.txt", "x");
  const int before = changes_;
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(changes_, before);
}

TEST(RepositoryWatchOfWeights, AFileOfWeightsInAFolderOfItsOwnCounts) {
  const TemporaryFolder folder;
  write_repository(folder, "");
  // As a tensor of an ONNX file names it.
  folder.write("cat/1/model.onnx", "\x0a\x08location\x12\x0bparts/w.bin");
  folder.write("cat/1/parts/w.bin", "weights");
  const Catalog catalog = Catalog::scan(folder.path()).value();
  std::atomic<int> changes = 0;
  const auto watch = RepositoryWatch::start(catalog, [&] { ++changes; }, 20ms).value();
  folder.write("cat/1/parts/w.bin", "others");
  for (int i = 0; i < 5'000 && changes == 0; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_GT(changes, 0);
}

}  // namespace
}  // namespace cnnselect
