#include "service/settings_file.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

std::string error_of(std::string_view text) {
  const auto settings = parse_settings(text, "server.toml");
  return settings ? "accepted" : settings.error().message;
}

TEST(SettingsFile, GivesValuesAsTheyAreTypedInTheOrderOfTheirLines) {
  const auto settings = parse_settings(
      "# comment\nworkers = 4\nlate = \"reject\"\nfraction = 0.5\n\ncheck = true\n", "server.toml");
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(*settings, (std::vector<Setting>{{"workers", "4", 2},
                                             {"late", "reject", 3},
                                             {"fraction", "0.5", 4},
                                             {"check", "true", 6}}));
  EXPECT_EQ(parse_settings("", "server.toml"), std::vector<Setting>{});
}

TEST(SettingsFile, NamesFileLineAndColumnOfWhatItCannotRead) {
  EXPECT_EQ(error_of("workers = 4\nlate = [\"reject\"]\n"),
            "server.toml:2:1: 'late' must be a text in quotes, a number, true or false");
  EXPECT_EQ(error_of("[serve]\nworkers = 4\n"),
            "server.toml:1:2: 'serve' must be a text in quotes, a number, true or false");
  EXPECT_TRUE(error_of("workers = \n").starts_with("server.toml:1:11: "))
      << error_of("workers = \n");
  EXPECT_TRUE(error_of("a = 1\na = 2\n").starts_with("server.toml:2:"))
      << error_of("a = 1\na = 2\n");
}

}  // namespace
}  // namespace cnnselect
