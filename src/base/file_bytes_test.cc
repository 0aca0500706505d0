#include "base/file_bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

std::string_view text_of(const FileBytes& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(FileBytes, AreAllOfTheFile) {
  const TemporaryFolder folder;
  std::string large(5'000'001, 'a');
  large.back() = 'z';
  for (const std::string& content : {std::string(), std::string("abc"), large}) {
    const auto read = FileBytes::read(folder.write("file", content));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_TRUE(text_of(*read) == content) << content.size();
  }
}

TEST(FileBytes, StayWhatTheyWere) {
  const TemporaryFolder folder;
  const auto read = FileBytes::read(folder.write("file", "before"));
  folder.write("file", "");
  EXPECT_EQ(text_of(read.value()), "before");
}

TEST(FileBytes, NameTheFileThatCannotBeRead) {
  const TemporaryFolder folder;
  const std::string there = folder.path().string();
  EXPECT_EQ(FileBytes::read(there + "/none").error(),
            (Error{ErrorCode::kNotFound, there + "/none: No such file or directory"}));
  EXPECT_EQ(FileBytes::read(there).error(),
            (Error{ErrorCode::kUnavailable, there + ": Is a directory"}));
  EXPECT_EQ(FileBytes::read("/dev/zero").error(),
            (Error{ErrorCode::kUnavailable, "/dev/zero: Invalid argument"}));
}

}  // namespace
}  // namespace cnnselect
