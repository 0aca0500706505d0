#include "base/folder_watch.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(FolderWatch, WakesWhenAFileIsWrittenMovedOrRemovedOrAFolderMade) {
  const TemporaryFolder folder;
  folder.write("old", "x");
  const auto watch = FolderWatch::create().value();
  ASSERT_TRUE(watch->add(folder.path()));
  ASSERT_TRUE(watch->add(folder.path())) << "again: nothing happens";
  folder.write("new", "x");
  EXPECT_TRUE(watch->wait(1ms));
  std::filesystem::rename(folder.path() / "old", folder.path() / "older");
  EXPECT_TRUE(watch->wait(1ms));
  std::filesystem::remove(folder.path() / "new");
  EXPECT_TRUE(watch->wait(1ms));
  std::filesystem::create_directory(folder.path() / "2");
  EXPECT_TRUE(watch->wait(1ms));
}

TEST(FolderWatch, WaitsUntilWhoWritesIsQuiet) {
  const TemporaryFolder folder;
  const auto watch = FolderWatch::create().value();
  ASSERT_TRUE(watch->add(folder.path()));
  folder.write("file", "");
  std::atomic<bool> written = false;
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) {
      folder.write("file", std::string(100, 'x'));
      std::this_thread::sleep_for(2ms);
    }
    written = true;
  });
  EXPECT_TRUE(watch->wait(500ms));
  EXPECT_TRUE(written);
  writer.join();
}

TEST(FolderWatch, AStopEndsTheWait) {
  const TemporaryFolder folder;
  const auto watch = FolderWatch::create().value();
  ASSERT_TRUE(watch->add(folder.path()));
  auto waiting = std::async(std::launch::async, [&] { return watch->wait(1h); });
  std::this_thread::sleep_for(2ms);
  watch->stop();
  EXPECT_FALSE(waiting.get());
  folder.write("file", "");
  EXPECT_FALSE(watch->wait(1ms)) << "it stays stopped";
}

TEST(FolderWatch, OfAnEntryOnlyItselfCounts) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("v1", folder.path() / "models");
  const auto watch = FolderWatch::create().value();
  ASSERT_TRUE(watch->add_entry(folder.path() / "models"));
  std::atomic<bool> woken = false;
  std::thread waiting([&] { woken = watch->wait(1ms); });
  folder.write("noise", "x");
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(woken);
  std::filesystem::create_symlink("v2", folder.path() / "next");
  std::filesystem::rename(folder.path() / "next", folder.path() / "models");
  waiting.join();
  EXPECT_TRUE(woken);
}

TEST(FolderWatch, AFolderThatCountsAsAWholeDoesSoBesideAnEntryOfIt) {
  for (const bool whole_first : {true, false}) {
    const TemporaryFolder folder;
    const auto watch = FolderWatch::create().value();
    ASSERT_TRUE(!whole_first || watch->add(folder.path()));
    ASSERT_TRUE(watch->add_entry(folder.path() / "models"));
    ASSERT_TRUE(whole_first || watch->add(folder.path()));
    folder.write("other", "x");
    EXPECT_TRUE(watch->wait(1ms));
  }
}

TEST(FolderWatch, NamesWhatCannotBeWatched) {
  const auto watch = FolderWatch::create().value();
  const Status added = watch->add("/nowhere/at/all");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kNotFound);
  EXPECT_NE(added.error().message.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace cnnselect
