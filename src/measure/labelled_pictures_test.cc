#include "measure/labelled_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

class LabelledPictures : public ::testing::Test {
 protected:
  LabelledPictures() {
    folder_.write("a.jpg", "a");
    folder_.write("b c.png", "b");
  }

  Result<std::vector<LabelledPicture>> read(std::string_view text) {
    return read_labelled_pictures(folder_.write("labels.tsv", text), folder_.path(), 10);
  }

  TemporaryFolder folder_;
};

TEST_F(LabelledPictures, ReadsTablesAsPeopleWriteThem) {
  const std::vector<LabelledPicture> expected{{folder_.path() / "a.jpg", 3},
                                              {folder_.path() / "b c.png", 0}};
  const struct {
    const char* what;
    const char* text;
  } rows[] = {
      {"two columns, no header", "a.jpg\t3\nb c.png\t0\n"},
      {"header and names", "file\tindex\tname\na.jpg\t3\tcat\nb c.png\t0\tdog, hound\n"},
      {"carriage returns and empty lines", "a.jpg\t3\r\n\r\nb c.png\t0\r\n\n"},
      {"no newline at the end", "a.jpg\t3\nb c.png\t0"},
  };
  for (const auto& row : rows) {
    const auto pictures = read(row.text);
    ASSERT_TRUE(pictures.has_value()) << row.what << ": " << pictures.error().message;
    EXPECT_EQ(*pictures, expected) << row.what;
  }
}

TEST_F(LabelledPictures, ErrorsNameFileAndLine) {
  const struct {
    const char* text;
    ErrorCode code;
    const char* words;
  } rows[] = {
      {"a.jpg\t3\na.jpg\n", ErrorCode::kInvalidArgument, "labels.tsv:2: 'a.jpg' is not"},
      {"\t3\n", ErrorCode::kInvalidArgument, "labels.tsv:1: "},
      {"a.jpg\t10\n", ErrorCode::kInvalidArgument,
       "labels.tsv:1: class index '10' is not a number "
       "from 0 to 9"},
      {"a.jpg\t-1\n", ErrorCode::kInvalidArgument, "'-1'"},
      {"a.jpg\t3x\n", ErrorCode::kInvalidArgument, "'3x'"},
      {"a.jpg\t\n", ErrorCode::kInvalidArgument, "''"},
      {"a.jpg\t99999999999999999999\n", ErrorCode::kInvalidArgument, "99999999999999999999"},
      {"file\tindex\na.jpg\tcat\n", ErrorCode::kInvalidArgument, "labels.tsv:2: class index 'cat'"},
      {"a.jpg\t1\nnone.jpg\t1\n", ErrorCode::kNotFound, "labels.tsv:2: no picture "},
      {"file\tindex\n\n", ErrorCode::kInvalidArgument, "names no pictures"},
      {"", ErrorCode::kInvalidArgument, "names no pictures"},
  };
  for (const auto& row : rows) {
    const auto pictures = read(row.text);
    ASSERT_FALSE(pictures.has_value()) << row.text;
    EXPECT_EQ(pictures.error().code, row.code) << pictures.error().message;
    EXPECT_THAT(pictures.error().message, HasSubstr(row.words));
  }
  const auto missing = read_labelled_pictures(folder_.path() / "none.tsv", folder_.path(), 10);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cnnselect
