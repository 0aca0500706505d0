#include "model/accuracies.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cmath>

#include "base/testing/temporary_folder.h"
#include "model/family_text.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;
constexpr std::string_view kHead = "name='f'\nlabels='l'\n";

struct Row {
  std::string_view says;
  std::string_view before;
  Accuracies measured;
  std::string_view after;
};

const Row kRows[] = {
    {"numbers change, comments and spacing stay",
     "[[model]]  # the small one\n  name   =   'a'   # its name\n"
     "  top1 =   0.1  # was guessed\n\ttop5=0.2# too\n\n# the end\n",
     {{"a", {0.498, 0.742}}},
     "[[model]]  # the small one\n  name   =   'a'   # its name\n"
     "  top1 =   0.498  # was guessed\n\ttop5=0.742# too\n\n# the end\n"},
    {"missing keys become lines after the last one, indented like it",
     "[[model]]\n  name = 'a'\n  file = 'x'  # here\n\n# about b\n[[model]]\nname = 'b'\n",
     {{"a", {0.5, 0.75}}, {"b", {1, std::nullopt}}},
     "[[model]]\n  name = 'a'\n  file = 'x'  # here\n  top1 = 0.5\n  top5 = 0.75\n\n# about b\n"
     "[[model]]\nname = 'b'\ntop1 = 1.0\n"},
    {"a missing top5 goes below top1",
     "[[model]]\ntop1 = 0.3\nname = 'a'\n",
     {{"a", {0.3, 0.6}}},
     "[[model]]\ntop1 = 0.3\ntop5 = 0.6\nname = 'a'\n"},
    {"the last line need not be ended",
     "[[model]]\nname = 'a'",
     {{"a", {0.25, std::nullopt}}},
     "[[model]]\nname = 'a'\ntop1 = 0.25"},
    {"Windows line ends stay what they are",
     "[[model]]\r\nname = 'a' # c\r\ncrop = 20\r\n",
     {{"a", {0.25, 0.5}}},
     "[[model]]\r\nname = 'a' # c\r\ncrop = 20\r\ntop1 = 0.25\r\ntop5 = 0.5\r\n"},
    {"a value over several lines comes first",
     "[[model]]\nname = 'a'\nmean = [ 0.1, # red\n  0.2,\n  0.3 ] # blue\n",
     {{"a", {0.25, std::nullopt}}},
     "[[model]]\nname = 'a'\nmean = [ 0.1, # red\n  0.2,\n  0.3 ] # blue\ntop1 = 0.25\n"},
    {"tables in one line, letters of several bytes before them",
     "model = [ { file = 'éß/鶴', name = 'a', top1 = 0 }, {name='b', file='é' } ] # é\n",
     {{"a", {0.5, 0.6}}, {"b", {0.75, 0.8}}},
     "model = [ { file = 'éß/鶴', name = 'a', top1 = 0.5, top5 = 0.6 }, "
     "{name='b', file='é', top1 = 0.75, top5 = 0.8 } ] # é\n"},
    {"quoted keys and whole numbers",
     "[[model]]\n\"top1\" = 0\nname = 'a'\n'top5' = 1\n",
     {{"a", {0.125, 1}}},
     "[[model]]\n\"top1\" = 0.125\nname = 'a'\n'top5' = 1\n"},
    {"an equal number keeps its spelling",
     "[[model]]\nname = 'a'\ntop1 = 4.980e-1\ntop5 = 0.50000\n",
     {{"a", {0.498, 0.5}}},
     "[[model]]\nname = 'a'\ntop1 = 4.980e-1\ntop5 = 0.50000\n"},
    {"five decimals are enough",
     "[[model]]\nname = 'a'\n",
     {{"a", {1.0 / 3, 2.0 / 3}}},
     "[[model]]\nname = 'a'\ntop1 = 0.33333\ntop5 = 0.66667\n"},
    {"models that were not measured stay",
     "[[model]]\nname = 'a'\n[[model]]\nname = 'b'\ntop1 = 0.7\n",
     {{"a", {0.5, std::nullopt}}},
     "[[model]]\nname = 'a'\ntop1 = 0.5\n[[model]]\nname = 'b'\ntop1 = 0.7\n"},
};

TEST(Accuracies, ChangeNothingButTheNumbers) {
  for (const Row& row : kRows) {
    const std::string before = std::string(kHead) + std::string(row.before);
    const auto after = with_accuracies(before, "f.toml", row.measured);
    ASSERT_TRUE(after) << row.says << ": " << after.error().message;
    EXPECT_EQ(*after, std::string(kHead) + std::string(row.after)) << row.says;
  }
}

TEST(Accuracies, WrittenTwiceChangeNothingMore) {
  for (const Row& row : kRows) {
    const std::string after = std::string(kHead) + std::string(row.after);
    EXPECT_EQ(with_accuracies(after, "f.toml", row.measured), after) << row.says;
  }
}

TEST(Accuracies, MayStandInAFileWithAByteOrderMark) {
  EXPECT_EQ(with_accuracies("\xEF\xBB\xBFmodel=[{name='a',top1=0}]\nname='f'\nlabels='l'\n", "f",
                            {{"a", {0.5, std::nullopt}}}),
            "\xEF\xBB\xBFmodel=[{name='a',top1=0.5}]\nname='f'\nlabels='l'\n");
}

TEST(Accuracies, AreRefusedWhenTheyAreNone) {
  const std::string text = std::string(kHead) + "[[model]]\nname = 'cat'\ntop5 = 0.5\n";
  const auto unknown = with_accuracies(text, "f.toml", {{"cut", {0.5, std::nullopt}}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error(),
            (Error{ErrorCode::kNotFound, "f.toml: no model 'cut'; nearest is 'cat'"}));
  for (const Accuracy& wrong : {Accuracy{1.1, std::nullopt}, Accuracy{-0.1, 0.2},
                                Accuracy{0.5, 0.4}, Accuracy{0.5, 1.5}, Accuracy{NAN, 0.5}}) {
    const auto refused = with_accuracies(text, "f.toml", {{"cat", wrong}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("it must be 0 <= top1 <= top5 <= 1"));
  }
  const auto clash = with_accuracies(text, "f.toml", {{"cat", {0.6, std::nullopt}}});
  ASSERT_FALSE(clash) << "the file's own top5 would be below";
  EXPECT_THAT(clash.error().message, HasSubstr("'top5' of model 'cat' is 0.5"));
  EXPECT_FALSE(with_accuracies("name = ", "f.toml", {}));
}

TEST(Accuracies, AnySpellingOfAFamilyKeepsItsMeaning) {
  EXPECT_TRUE(rc::check(
      [](bool in_one_line, bool has_top1, bool has_top5, bool windows, std::uint16_t draw) {
        const double top1 = draw / 65535.0;
        const std::string newline = windows ? "\r\n" : "\n";
        std::string keys;
        const std::string between = in_one_line ? ", " : newline;
        if (has_top1) keys += "top1 = 0.1" + between;
        if (has_top5) keys += "top5 = 1.0" + between;
        keys += "name = 'a'";
        const std::string text =
            "name='f'" + newline + "labels='l'" + newline +
            (in_one_line ? "model = [{" + keys + "}]" : "[[model]]" + newline + keys);
        const auto after = with_accuracies(text, "f", {{"a", {top1, 1.0}}});
        RC_ASSERT(after.has_value());
        const auto family = parse_family(*after, "f", "");
        RC_ASSERT(family.has_value());
        RC_ASSERT(std::abs(*family->family.members[0].top1 - top1) <= 0.000005001);
        RC_ASSERT(family->family.members[0].top5.value() == 1.0);
        RC_ASSERT(with_accuracies(*after, "f", {{"a", {top1, 1.0}}}).value() == *after);
      }));
}

TEST(WriteAccuracies, ReplacesTheFileAndOnlyWhenItChanges) {
  TemporaryFolder folder;
  const auto file = folder.write("f.family.toml", std::string(kHead) + "[[model]]\nname = 'a'\n");
  ASSERT_TRUE(write_accuracies(file, {{"a", {0.5, 0.75}}}));
  const std::string expected =
      std::string(kHead) + "[[model]]\nname = 'a'\ntop1 = 0.5\ntop5 = 0.75\n";
  EXPECT_EQ(folder.read("f.family.toml"), expected);
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  std::filesystem::last_write_time(file, long_ago);
  ASSERT_TRUE(write_accuracies(file, {{"a", {0.5, 0.75}}}));
  EXPECT_EQ(std::filesystem::last_write_time(file), long_ago);
}

TEST(WriteAccuracies, LeavesAFileThatItCannotChangeAsItWas) {
  TemporaryFolder folder;
  const std::string text = std::string(kHead) + "[[model]]\nname = 'a'\n";
  const auto file = folder.write("f.family.toml", text);
  EXPECT_FALSE(write_accuracies(file, {{"b", {0.5, 0.75}}}));
  EXPECT_EQ(folder.read("f.family.toml"), text);
  EXPECT_FALSE(write_accuracies(folder.path() / "none", {}));
}

}  // namespace
}  // namespace cnnselect
