#include "model/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(TextFile, IsReadByteForByte) {
  TemporaryFolder folder;
  const std::string bytes("a\r\n\0\xff", 5);
  const fs::path file = folder.write("f", bytes);
  EXPECT_EQ(read_text_file("table", file), bytes);
  EXPECT_EQ(read_text_file("table", folder.write("empty", "")), "");
}

TEST(TextFile, WhatCannotBeReadIsNamed) {
  TemporaryFolder folder;
  const auto missing = read_text_file("table", folder.path() / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "no table '" + (folder.path() / "none").string() + "'");
  const auto directory = read_text_file("table", folder.path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(directory.error().message, HasSubstr("not a regular file"));
}

TEST(TextFile, AHugeOneIsRefusedUnread) {
  TemporaryFolder folder;
  const fs::path file = folder.write("f", "");
  fs::resize_file(file, kMaxTextFileBytes + 1);
  const auto text = read_text_file("table", file);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(text.error().message, HasSubstr("16777217 bytes; at most 16777216"));
}

TEST(TextFile, ReplacingKeepsPermissionsAndLeavesNothingBeside) {
  TemporaryFolder folder;
  const fs::path file = folder.write("f", "before");
  const auto mode = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
  fs::permissions(file, mode);
  ASSERT_TRUE(replace_text_file("table", file, "after"));
  EXPECT_EQ(folder.read("f"), "after");
  EXPECT_EQ(fs::status(file).permissions(), mode);
  ASSERT_TRUE(replace_text_file("table", folder.path() / "new", "made"));
  EXPECT_EQ(folder.read("new"), "made");
  EXPECT_EQ(files_in(folder.path()), 2);
}

TEST(TextFile, ReplacingFollowsALink) {
  TemporaryFolder folder;
  folder.write("real/f", "before");
  fs::create_symlink("real/f", folder.path() / "link");
  ASSERT_TRUE(replace_text_file("table", folder.path() / "link", "after"));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(folder.read("real/f"), "after");
}

TEST(TextFile, AFolderThatIsNotThereCannotBeWrittenTo) {
  TemporaryFolder folder;
  const fs::path file = folder.path() / "none" / "f";
  const Status status = replace_text_file("table", file, "x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
  EXPECT_THAT(status.error().message, HasSubstr(file.string()));
  EXPECT_THAT(status.error().message, HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace cnnselect
