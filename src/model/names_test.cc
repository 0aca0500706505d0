#include "model/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace cnnselect {
namespace {

using testing::HasSubstr;

TEST(Names, AreOfLettersDigitsUnderscoreDotAndDash) {
  for (const auto* good : {"a", "MobileNet_v1-0.25", "0", "...", "-"}) {
    EXPECT_TRUE(valid_name(good)) << good;
  }
  for (const auto* bad : {"", ".", "..", "a b", "a/b", "é", "a\n", "a,b"}) {
    EXPECT_FALSE(valid_name(bad)) << bad;
  }
}

TEST(Names, AWrongOneIsShownWithWhatIsAllowed) {
  EXPECT_TRUE(check_name("model", "a"));
  const Status status = check_name("model", "a b");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(status.error().message, HasSubstr("model name 'a b' is not of [A-Za-z0-9_.-]+"));
}

TEST(Names, NearestIsTheOneWithFewestTypingErrors) {
  constexpr std::array<std::string_view, 4> kKnown{"resize", "crop", "mean", "std"};
  EXPECT_EQ(nearest("croop", kKnown), "crop");
  EXPECT_EQ(nearest("resise", kKnown), "resize");
  EXPECT_EQ(nearest("means", kKnown), "mean");
  EXPECT_EQ(nearest("sdt", kKnown), "std");
  EXPECT_EQ(nearest("crop", kKnown), "crop");
  EXPECT_EQ(nearest("", kKnown), "std") << "the shortest";
}

TEST(Names, QuotesAreSafeToPrintAndShort) {
  EXPECT_EQ(in_quotes("a b"), "'a b'");
  EXPECT_EQ(in_quotes("a\n\x1b[1mb"), "'a??[1mb'");
  EXPECT_EQ(in_quotes(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
  EXPECT_EQ(in_quotes(std::string(59, 'x') + "éé"), "'" + std::string(59, 'x') + "...'")
      << "no half character";
}

}  // namespace
}  // namespace cnnselect
