#include "model/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::ElementsAre;

TEST(Labels, AreTheLinesInOrder) {
  struct Row {
    std::string_view says;
    std::string_view text;
  };
  const Row rows[] = {
      {"each line ended", "cat\ntiger cat\n"},
      {"last line not ended", "cat\ntiger cat"},
      {"Windows line ends", "cat\r\ntiger cat\r\n"},
      {"a blank line at the end", "cat\ntiger cat\n\n"},
      {"several, with spaces", "cat\ntiger cat\n \n\t\r\n\n"},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "cat\ntiger cat\n"},
  };
  for (const Row& row : rows) {
    const auto labels = parse_labels(row.text, "l.txt");
    ASSERT_TRUE(labels) << row.says << ": " << labels.error().message;
    EXPECT_THAT(*labels, ElementsAre("cat", "tiger cat")) << row.says;
  }
}

TEST(Labels, MayBeEqualAndMayHaveSpacesAndAnyScript) {
  const auto labels = parse_labels("crane\n crane \ncrane\n鶴", "l.txt");
  ASSERT_TRUE(labels);
  EXPECT_THAT(*labels, ElementsAre("crane", " crane ", "crane", "鶴"));
}

TEST(Labels, ErrorsNameFileAndLine) {
  struct Row {
    std::string_view says;
    std::string_view text;
    std::string_view message;
  };
  const Row rows[] = {
      {"nothing", "", "l.txt: no label in it; one a line is needed"},
      {"only blanks", " \n\r\n", "l.txt: no label in it; one a line is needed"},
      {"a blank line inside", "a\n\nb\n",
       "l.txt:2: blank line among the labels; each line is the label of one index"},
      {"a blank line at the start", "\na\n",
       "l.txt:1: blank line among the labels; each line is the label of one index"},
      {"Latin-1 text", "a\ncaf\xe9\n", "l.txt:2: this label is not UTF-8 text"},
  };
  for (const Row& row : rows) {
    const auto labels = parse_labels(row.text, "l.txt");
    ASSERT_FALSE(labels) << row.says;
    EXPECT_EQ(labels.error(), (Error{ErrorCode::kInvalidArgument, std::string(row.message)}))
        << row.says;
  }
}

}  // namespace
}  // namespace cnnselect
