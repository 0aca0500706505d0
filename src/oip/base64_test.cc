#include "oip/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

std::string decoded(std::string_view text) { return decode_base64(text).value_or("refused"); }

TEST(Base64, DecodesTheExamplesOfItsRfc) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, DecodesEveryDigit) {
  EXPECT_EQ(decoded("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(decoded("AAAA"), std::string(3, '\0'));
}

TEST(Base64, ThePaddingMayBeMissing) {
  EXPECT_EQ(decoded("Zg"), "f");
  EXPECT_EQ(decoded("Zm8"), "fo");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* const bad :
       {"Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zg=a", "====", "-_-_", "Zg==Zg==", "Zg.."}) {
    EXPECT_EQ(decoded(bad), "refused") << bad;
  }
}

}  // namespace
}  // namespace cnnselect
