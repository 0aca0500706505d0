#include "base/text.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(Text, TrimmedTakesBlanksOffBothEnds) {
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed("\t a b "), "a b");
  EXPECT_EQ(trimmed("a\r\n"), "a\r\n");
  EXPECT_EQ(trimmed("a \r\n", " \t\r\n"), "a");
}

TEST(Text, LoweredChangesAsciiCapitalsOnly) {
  EXPECT_EQ(lowered("Content-TYPE @Z\u00c4"), "content-type @z\u00c4");
}

TEST(Text, SameWithoutCaseForgivesTheCaseOfAsciiLettersOnly) {
  EXPECT_TRUE(same_without_case("Content-Type", "content-TYPE"));
  EXPECT_TRUE(same_without_case("", ""));
  EXPECT_FALSE(same_without_case("a", "ab"));
  EXPECT_FALSE(same_without_case("@", "`")) << "they differ by the same bit as letters do";
  EXPECT_FALSE(same_without_case("\u00c4", "\u00e4"));
}

}  // namespace
}  // namespace cnnselect
