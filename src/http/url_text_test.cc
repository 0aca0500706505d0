#include "http/url_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(UrlText, DecodesPercentEscapes) {
  EXPECT_EQ(decode_url_text(""), "");
  EXPECT_EQ(decode_url_text("a+b"), "a+b");
  EXPECT_EQ(decode_url_text("%41%2f%c3%A9"), "A/\xc3\xa9");
  EXPECT_EQ(decode_url_text("%00"), std::string(1, '\0'));
  EXPECT_EQ(decode_url_text("%2525"), "%25") << "decoded once";
}

TEST(UrlText, RefusesHalfAnEscape) {
  for (const char* const bad : {"%", "%4", "%4g", "%-1", "%+1", "a% 41"}) {
    EXPECT_FALSE(decode_url_text(bad)) << bad;
  }
}

TEST(Query, IsPairsInOrder) {
  EXPECT_THAT(decode_query("b=2&a=x%20y+z&b=3").value(),
              ElementsAre(Pair("b", "2"), Pair("a", "x y z"), Pair("b", "3")));
  EXPECT_THAT(decode_query("").value(), IsEmpty());
  EXPECT_THAT(decode_query("&a&=v&b=c=d&").value(),
              ElementsAre(Pair("a", ""), Pair("", "v"), Pair("b", "c=d")));
  EXPECT_THAT(decode_query("a%3D=%26").value(), ElementsAre(Pair("a=", "&")));
}

TEST(Query, NamesABrokenEscape) {
  const auto query = decode_query("a=%zz");
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().message,
            "query: '%zz' has a '%' without two hexadecimal digits after it");
}

}  // namespace
}  // namespace cnnselect
