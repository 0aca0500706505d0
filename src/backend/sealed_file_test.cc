#include "backend/sealed_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

class SealedFiles : public testing::Test {
 protected:
  /// The file that holds `content`, sealed as "name".
  std::filesystem::path sealed(const std::string& content) const {
    const auto file = folder_.write("file", content);
    const Status done = seal_file(file, "name");
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return file;
  }

  void expect_no_seal(const std::string& bytes, const std::string& name = "name") const {
    const auto read = SealedFile::read(folder_.write("file", bytes), name);
    ASSERT_FALSE(read.has_value()) << bytes.size();
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << read.error().message;
  }

  const TemporaryFolder folder_;
};

TEST_F(SealedFiles, GiveBackTheirContent) {
  for (const std::string& content : {std::string(), std::string(3'000'000, 'x')}) {
    const auto read = SealedFile::read(sealed(content), "name");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto bytes = std::as_bytes(std::span(content));
    EXPECT_TRUE(std::ranges::equal(read->content(), bytes)) << content.size();
  }
}

TEST_F(SealedFiles, AreNoticedWhenCutAnywhere) {
  sealed("some content");
  const std::string whole = folder_.read("file");
  for (std::size_t size = 0; size < whole.size(); ++size) expect_no_seal(whole.substr(0, size));
  expect_no_seal(whole + "x");
}

TEST_F(SealedFiles, AreNoticedWhenAnyByteChanges) {
  sealed("some content");
  const std::string whole = folder_.read("file");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    expect_no_seal(damaged);
  }
}

TEST_F(SealedFiles, AreNoticedUnderAnotherName) {
  sealed("some content");
  expect_no_seal(folder_.read("file"), "another");
}

TEST_F(SealedFiles, NameWhatIsNotThere) {
  EXPECT_EQ(SealedFile::read("/nowhere/file", "name").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(seal_file("/nowhere/file", "name").error(),
            (Error{ErrorCode::kNotFound, "/nowhere/file: No such file or directory"}));
  EXPECT_EQ(seal_file(folder_.path(), "name").error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace cnnselect
