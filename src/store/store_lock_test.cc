#include "store/store_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(StoreLock, OneAtATimeUntilItIsGivenBack) {
  const TemporaryFolder folder;
  const auto store = folder.path() / "store.db";
  std::optional<StoreLock> first = StoreLock::take(store).value();
  const auto second = StoreLock::take(store);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr(store.string()), HasSubstr(store.string() + ".lock"),
                    HasSubstr("process " + std::to_string(getpid()) + " on ")));
  StoreLock moved = *std::move(first);
  first.reset();
  EXPECT_FALSE(StoreLock::take(store)) << "it moved, it was not given back";
  StoreLock other = StoreLock::take(folder.path() / "other.db").value();
  moved = std::move(other);
  EXPECT_FALSE(StoreLock::take(store)) << "swapped into the other";
}

TEST(StoreLock, ALinkLeadsToTheSameStore) {
  const TemporaryFolder folder;
  folder.write("store.db", "");
  std::filesystem::create_symlink("store.db", folder.path() / "link.db");
  const StoreLock first = StoreLock::take(folder.path() / "store.db").value();
  EXPECT_FALSE(StoreLock::take(folder.path() / "link.db"));
}

TEST(StoreLock, WhatIsLeftOfAnEarlierServerIsNoLock) {
  const TemporaryFolder folder;
  folder.write("store.db.lock", "process 1 on elsewhere, which was killed");
  const auto store = folder.path() / "store.db";
  const auto taken = StoreLock::take(store);
  ASSERT_TRUE(taken);
  EXPECT_THAT(
      StoreLock::take(store).error().message,
      AllOf(HasSubstr("process " + std::to_string(getpid())), testing::Not(HasSubstr("killed"))));
}

TEST(StoreLock, NamesAFolderThatIsNotThere) {
  const auto taken = StoreLock::take("/nowhere/store.db");
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("/nowhere/store.db.lock"));
}

}  // namespace
}  // namespace cnnselect
