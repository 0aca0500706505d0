#include "access/api_keys.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

using testing::HasSubstr;

// echo -n secret | sha256sum
constexpr std::string_view kSecret =
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

std::string key_table(std::string_view more, std::string_view name = "app",
                      std::string_view digest = kSecret) {
  return fmt::format("[[key]]\nname = '{}'\nsha256 = '{}'\n{}\n", name, digest, more);
}

TEST(ApiKeys, ReadsAll) {
  const auto keys = parse_api_keys(
      key_table("requests_per_second = 2.5\nconcurrent = 4") +
          key_table("admin = true", "ops",
                    "0000000000000000000000000000000000000000000000000000000000000000"),
      "keys.toml");
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].name, "app");
  EXPECT_EQ((*keys)[0].digest, sha256_of("secret"));
  EXPECT_EQ((*keys)[0].per_second, 2.5);
  EXPECT_EQ((*keys)[0].burst, 3) << "a second's worth";
  EXPECT_EQ((*keys)[0].concurrent, 4U);
  EXPECT_FALSE((*keys)[0].admin);
  EXPECT_EQ((*keys)[1].per_second, std::nullopt);
  EXPECT_TRUE((*keys)[1].admin);
}

struct Wrong {
  const char* name;
  std::string text;
  const char* message;
};

class ApiKeysRefuses : public testing::TestWithParam<Wrong> {};

TEST_P(ApiKeysRefuses, WithPlaceAndReason) {
  const auto keys = parse_api_keys(GetParam().text, "keys.toml");
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(keys.error().message, HasSubstr("keys.toml:"));
  EXPECT_THAT(keys.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, ApiKeysRefuses,
    testing::Values(
        Wrong{"Nothing", "", "one [[key]] at least"}, Wrong{"NoToml", "[[key", "keys.toml:1"},
        Wrong{"NoName", fmt::format("[[key]]\nsha256 = '{}'", kSecret), "'name'"},
        Wrong{"OddName", key_table("", "a b"), "'a b'"},
        Wrong{"ShortDigest", key_table("", "app", "2bb8"), "64 hexadecimal digits"},
        Wrong{"NoHex", key_table("", "app", std::string(64, 'g')), "64 hexadecimal digits"},
        Wrong{"TheKeyItself", "[[key]]\nname = 'a'\nkey = 'secret'", "unknown key 'key'"},
        Wrong{"NoRate", key_table("requests_per_second = 0"), "'requests_per_second'"},
        Wrong{"NoRoom", key_table("concurrent = 0"), "'concurrent'"},
        Wrong{"AdminAsText", key_table("admin = 'yes'"), "true or false"},
        Wrong{"Twice", key_table("") + key_table("", "other"), "there twice"},
        Wrong{"UnknownTable", key_table("") + "[limits]\n", "unknown key 'limits'"}),
    [](const auto& wrong) { return wrong.param.name; });

}  // namespace
}  // namespace cnnselect
