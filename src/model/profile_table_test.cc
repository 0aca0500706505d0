#include "model/profile_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHeader =
    "model,top1,top5,mean_ms,std_ms,cold_mean_ms,cold_std_ms,bytes\n";

TEST(ProfileTable, ReadsEveryColumn) {
  const auto rows = parse_profile_table(
      std::string(kHeader) + "v1_025,0.498,0.742,1.7,0.1,53,4.5,1912595\n", "p.csv");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0], (ProfileRow{.model = "v1_025",
                                    .top1 = 0.498,
                                    .top5 = 0.742,
                                    .mean = 1700us,
                                    .deviation = 100us,
                                    .cold_mean = 53ms,
                                    .cold_deviation = 4500us,
                                    .bytes = 1912595}));
}

TEST(ProfileTable, BlankIsUnknownAndColumnsMayBeFewAndInAnyOrder) {
  const auto rows = parse_profile_table(
      "\xEF\xBB\xBF# measured at home\r\n mean_ms , model\r\n\r\n,a\r\n2.5,b", "p.csv");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0], ProfileRow{.model = "a"});
  EXPECT_EQ((*rows)[1], (ProfileRow{.model = "b", .mean = 2500us}));
}

TEST(ProfileTable, MistakesAreNamedWithLineColumnValueAndWhatIsAllowed) {
  struct Row {
    std::string_view text;
    std::string_view place;
    std::string_view message;
  };
  const Row rows[] = {
      {"", "p.csv: ", "no profile table; its first line names the columns: model,top1,"},
      {"model,top2\n", "p.csv:1: ", "unknown column 'top2'; nearest is 'top1' of model,top1,"},
      {"model,top1,top1\n", "p.csv:1: ", "column 'top1' stands twice"},
      {"top1\n", "p.csv:1: ", "names no column 'model'"},
      {"model,top1\n\na\n", "p.csv:3: ", "1 cells; the first line names 2 columns"},
      {"model,top1\na,0.5,\n", "p.csv:2: ", "3 cells; the first line names 2 columns"},
      {"model\n \"a b\"\n", "p.csv:2: ", "model name '\"a b\"' is not of"},
      {"model,top1\n,0.5\n", "p.csv:2: ", "model name '' is not of"},
      {"model\na\n#\na\n", "p.csv:4: ", "model 'a' stands in line 2 already"},
      {"model,top1\na,49.8\n",
       "p.csv:2: ", "column 'top1' is '49.8'; it must be a fraction from 0"},
      {"model,top5\na,nan\n", "p.csv:2: ", "column 'top5' is 'nan'; it must be a fraction"},
      {"model,top1\na,0.5x\n", "p.csv:2: ", "'0.5x'"},
      {"model,mean_ms\na,0\n",
       "p.csv:2: ", "column 'mean_ms' is '0'; it must be milliseconds above 0"},
      {"model,mean_ms\na,1e-9\n", "p.csv:2: ", "it must be milliseconds above 0, up to 1e9"},
      {"model,std_ms\na,-1\n",
       "p.csv:2: ", "column 'std_ms' is '-1'; it must be milliseconds from 0"},
      {"model,cold_mean_ms\na,1e10\n", "p.csv:2: ", "up to 1e9"},
      {"model,cold_std_ms\na,inf\n", "p.csv:2: ", "it must be milliseconds from 0 to 1e9"},
      {"model,bytes\na,1.5\n", "p.csv:2: ", "column 'bytes' is '1.5'; it must be a whole number"},
      {"model,bytes\na,-1\n", "p.csv:2: ", "it must be a whole number of bytes"},
  };
  for (const Row& row : rows) {
    const auto read = parse_profile_table(row.text, "p.csv");
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(read.error().message,
                AllOf(StartsWith(std::string(row.place)), HasSubstr(row.message)));
  }
}

TEST(ProfileTable, WhatIsPrintedIsReadBackToTheNanosecond) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& draws) {
    std::vector<ProfileRow> rows;
    for (const std::uint32_t draw : draws) {
      ProfileRow row{.model = "m" + std::to_string(rows.size())};
      if (draw % 2 != 0) row.top1 = draw / 4294967296.0;
      if (draw % 3 != 0) row.top5 = 1 - draw / 4294967296.0;
      if (draw % 5 != 0) row.mean = Duration(draw + 1LL) * 100;
      if (draw % 7 != 0) row.deviation = Duration(draw);
      if (draw % 11 != 0) row.cold_mean = Duration(draw + 1LL) * 10'001;
      if (draw % 13 != 0) row.cold_deviation = Duration(draw % 1000);
      if (draw % 17 != 0) row.bytes = std::uint64_t{draw} << 31U;
      rows.push_back(std::move(row));
    }
    const auto read = parse_profile_table(print_profile_table(rows), "p.csv");
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == rows);
  }));
}

TEST(ProfileTable, TakesWhatAServerLearntAndNothingItHasNotSeen) {
  Profile profile{.top1 = 0.5, .top5 = std::nullopt, .hot = {}, .cold_start = std::nullopt};
  EXPECT_EQ(profile_row("m", profile, std::nullopt), (ProfileRow{.model = "m", .top1 = 0.5}));
  profile.hot.samples = 3;
  profile.hot.mean = 5ms;
  profile.hot.deviation = 1ms;
  profile.cold_start = 80ms;
  EXPECT_EQ(profile_row("m", profile, 12), (ProfileRow{.model = "m",
                                                       .top1 = 0.5,
                                                       .mean = 5ms,
                                                       .deviation = 1ms,
                                                       .cold_mean = 80ms,
                                                       .bytes = 12}));
}

TEST(ProfileTable, GoesToAFileAndBack) {
  TemporaryFolder folder;
  const std::vector<ProfileRow> rows{{.model = "a", .mean = 1234567ns}, {.model = "b"}};
  ASSERT_TRUE(write_profile_table(folder.path() / "p.csv", rows));
  EXPECT_EQ(folder.read("p.csv"), std::string(kHeader) + "a,,,1.234567,,,,\nb,,,,,,,\n");
  EXPECT_EQ(load_profile_table(folder.path() / "p.csv"), rows);
  const auto missing = load_profile_table(folder.path() / "none.csv");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cnnselect
