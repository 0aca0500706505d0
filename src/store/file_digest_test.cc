#include "store/file_digest.h"

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

// The known answers of FIPS 180-2, for nothing and for "abc".
TEST(FileDigest, IsTheSha256OfTheContent) {
  const TemporaryFolder folder;
  EXPECT_EQ(file_digest(folder.write("empty", "")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(file_digest(folder.write("abc", "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FileDigest, TakesFilesOfManyParts) {
  const TemporaryFolder folder;
  const std::string content(200'000, 'a');
  const auto one = file_digest(folder.write("one", content));
  EXPECT_EQ(one, file_digest(folder.write("two", content)));
  EXPECT_NE(one, file_digest(folder.write("three", content + "a")));
}

TEST(FileDigest, NamesAFileThatIsNotThere) {
  EXPECT_EQ(file_digest("/nowhere").error(),
            (Error{ErrorCode::kNotFound, "/nowhere: cannot be read"}));
}

TEST(FileDigests, AreThoseOfTheFileAsItIs) {
  const TemporaryFolder folder;
  FileDigests digests;
  const auto file = folder.write("file", "abc");
  EXPECT_EQ(digests.of(file), file_digest(file));
  EXPECT_EQ(digests.of(file), file_digest(file)) << "from memory";
  const auto written = std::filesystem::last_write_time(file);
  // Another file of that size and time takes its place.
  std::filesystem::rename(folder.write("other", "xyz"), file);
  std::filesystem::last_write_time(file, written);
  EXPECT_EQ(digests.of(file), file_digest(file));
  std::filesystem::remove(file);
  EXPECT_EQ(digests.of(file).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cnnselect
