#include "service/repository_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

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

}  // namespace
}  // namespace cnnselect
