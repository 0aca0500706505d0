#include "base/shortened.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(Shortened, CutsWhatIsLongerBetweenCharacters) {
  EXPECT_EQ(shortened("", 3), "");
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("ab\u00e9d", 3), "ab...") << "\u00e9 takes two bytes";
  EXPECT_EQ(shortened("ab\u00e9d", 4), "ab\u00e9...");
  EXPECT_EQ(shortened("\x80\x80\x80", 2), "...") << "no UTF-8 at all";
}

}  // namespace
}  // namespace cnnselect
