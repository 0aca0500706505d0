#include "model/family_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kWhole = R"(# a family of two
name = "imagenet"
task = "image-classification"
labels = "classes.txt"
[input]
resize = 256
crop = 224
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]
layout = "NCHW"
[output]
kind = "logits"
[[model]]
name = "small"
file = "models/small.onnx"
top1 = 0.498
top5 = 0.742
[[model]]
name = "large"
resize = 320
crop = 299
mean = [0, 0.5, 1]
std = [1, 2, 3]
layout = "NHWC"
kind = "probabilities"
)";

TEST(FamilyText, SaysAllThatTheFileSays) {
  const auto text = parse_family(kWhole, "f.toml", "repo");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->family.name, "imagenet");
  EXPECT_EQ(text->family.task, "image-classification");
  EXPECT_EQ(text->labels, "repo/classes.txt");
  EXPECT_EQ(text->labels_place, "f.toml:4");
  EXPECT_THAT(text->member_places, ElementsAre("f.toml:13", "f.toml:18"));
  ASSERT_EQ(text->family.members.size(), 2U);

  const FamilyMember& small = text->family.members[0];
  EXPECT_EQ(small.name, "small");
  EXPECT_EQ(small.file, "repo/models/small.onnx");
  EXPECT_EQ(small.input.resize, (PixelSize{256, 256}));
  EXPECT_EQ(small.input.crop, (PixelSize{224, 224}));
  EXPECT_THAT(small.input.mean, ElementsAre(0.485F, 0.456F, 0.406F));
  EXPECT_THAT(small.input.std, ElementsAre(0.229F, 0.224F, 0.225F));
  EXPECT_EQ(small.input.layout, Layout::kNchw);
  EXPECT_EQ(small.output, OutputKind::kLogits);
  EXPECT_EQ(small.top1, 0.498);
  EXPECT_EQ(small.top5, 0.742);
}

TEST(FamilyText, AModelMayOverrideEachKeyOfInputAndOutput) {
  const auto text = parse_family(kWhole, "f.toml", "repo");
  ASSERT_TRUE(text);
  const FamilyMember& large = text->family.members[1];
  EXPECT_EQ(large.file, "") << "none stated";
  EXPECT_EQ(large.input.resize, (PixelSize{320, 320}));
  EXPECT_EQ(large.input.crop, (PixelSize{299, 299}));
  EXPECT_THAT(large.input.mean, ElementsAre(0.0F, 0.5F, 1.0F));
  EXPECT_THAT(large.input.std, ElementsAre(1.0F, 2.0F, 3.0F));
  EXPECT_EQ(large.input.layout, Layout::kNhwc);
  EXPECT_EQ(large.output, OutputKind::kProbabilities);
  EXPECT_EQ(large.top1, std::nullopt);
}

TEST(FamilyText, TheRestHasDefaults) {
  const auto text = parse_family("name='f'\nlabels='/l.txt'\nmodel=[{name='m'}]", "f.toml", "repo");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->labels, "/l.txt") << "an absolute path stays";
  EXPECT_EQ(text->family.task, "image-classification");
  EXPECT_EQ(text->family.members[0].input, InputSpec{});
  EXPECT_EQ(text->family.members[0].output, OutputKind::kLogits);
}

// The lines of a good file, of which a row replaces one or adds one at the end.
std::string with(std::string_view line, std::string_view instead) {
  std::string text(kWhole);
  if (line.empty()) return text + std::string(instead) + "\n";
  return text.replace(text.find(line), line.size(), instead);
}

struct Mistake {
  std::string_view line;
  std::string_view instead;
  std::string_view place;  // line:column
  std::string_view message;
};

class FamilyTextMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(FamilyTextMistakes, AreNamedWithPlaceValueAndWhatIsAllowed) {
  const Mistake& mistake = GetParam();
  const auto text = parse_family(with(mistake.line, mistake.instead), "f.toml", "repo");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(text.error().message, AllOf(StartsWith(fmt::format("f.toml:{}: ", mistake.place)),
                                          HasSubstr(mistake.message)));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, FamilyTextMistakes,
    testing::Values(
        Mistake{
            "", "croop = 3", "26:1",
            "unknown key 'croop' in [[model]] 'large'; nearest is 'crop' of name, file, version,"},
        Mistake{"crop = 224", "crops = 224", "7:1", "unknown key 'crops' in [input]; nearest is"},
        Mistake{"[output]", "[outputs]", "11:2", "'outputs' in the family; nearest is 'output'"},
        Mistake{"kind = \"logits\"", "kinds = 1", "12:1", "'kinds' in [output]; nearest is 'kind'"},
        Mistake{"name = \"imagenet\"", "", "1:1", "key 'name' is missing in the family"},
        Mistake{"labels = \"classes.txt\"", "", "1:1", "key 'labels' is missing in the family"},
        Mistake{"name = \"large\"", "", "18:1", "key 'name' is missing in [[model]]"},
        Mistake{"[input]", "input = 3\n[output.x]", "5:9", "'input' must be a table: [input]"}));

INSTANTIATE_TEST_SUITE_P(
    Values, FamilyTextMistakes,
    testing::Values(
        Mistake{"\"imagenet\"", "\"image net\"", "2:8", "family name 'image net' is not of [A-Za-"},
        Mistake{"\"imagenet\"", "7", "2:8",
                "'name' in the family is 7; it must be a text in quotes"},
        Mistake{"\"small\"", "\"..\"", "14:8", "model name '..' is not of"},
        Mistake{"\"large\"", "\"small\"", "19:8",
                "model 'small' stands in this family already, at line 14"},
        Mistake{"\"image-classification\"", "\"poetry\"", "3:8",
                "'task' in the family is 'poetry'; it must be 'image-classification'"},
        Mistake{"\"classes.txt\"", "\"\"", "4:10",
                "'labels' in the family is ''; it must be a text"},
        Mistake{"\"models/small.onnx\"", "[1]", "15:8", "'file' in [[model]] 'small' is an array"},
        Mistake{"crop = 224", "crop = 0", "7:8",
                "'crop' in [input] is 0; it must be a whole number from 1 to 4096"},
        Mistake{"crop = 224", "crop = \"224\"", "7:8", "'crop' in [input] is '224'; it must be"},
        Mistake{"resize = 256", "resize = 256.0", "6:10",
                "it must be a whole number from 1 to 4096"},
        Mistake{"resize = 256", "resize = 4097", "6:10", "'resize' in [input] is 4097"},
        Mistake{"resize = 256", "resize = 200", "6:10",
                "'resize' is 200, smaller than 'crop', 224; it must be 224 to 4096"},
        Mistake{"resize = 320", "", "18:1", "'resize' is 256, smaller than 'crop', 299"},
        Mistake{"[0, 0.5, 1]", "[0, 0.5]", "22:8",
                "'mean' in [[model]] 'large' is an array; it must"},
        Mistake{"[0, 0.5, 1]", "[0, nan, 1]", "22:12", "is nan; it must be a number, or three"},
        Mistake{"[1, 2, 3]", "[1, 0, 3]", "23:11",
                "'std' in [[model]] 'large' is 0; it must be a number above 0, or three"},
        Mistake{"[1, 2, 3]", "[1, 2, 1e-300]", "23:14", "it must be a number above 0"},
        Mistake{"[1, 2, 3]", "[1, 2, inf]", "23:14", "is inf; it must be a number above 0"},
        Mistake{"[1, 2, 3]", "[1, 2, true]", "23:14", "is true; it must be a number above 0"},
        Mistake{"\"NHWC\"", "\"nhwc\"", "24:10",
                "'layout' in [[model]] 'large' is 'nhwc'; it must be 'NCHW' or 'NHWC'"},
        Mistake{"\"logits\"", "\"softmax\"", "12:8",
                "'kind' in [output] is 'softmax'; it must be 'logits' or 'probabilities'"},
        Mistake{"top1 = 0.498", "top1 = 49.8", "16:8",
                "'top1' in [[model]] 'small' is 49.8; it must be a fraction from 0 to 1"},
        Mistake{"top1 = 0.498", "top1 = -0.1", "16:8", "it must be a fraction from 0 to 1"},
        Mistake{"top1 = 0.498", "top1 = nan", "16:8", "it must be a fraction from 0 to 1"},
        Mistake{"top5 = 0.742", "top5 = 0.4", "17:8",
                "'top5' of model 'small' is 0.4; it must be at least 'top1', 0.498"}));

INSTANTIATE_TEST_SUITE_P(
    Inputs, FamilyTextMistakes,
    testing::Values(
        Mistake{
            "crop = 224", "crop = [224, 0]", "7:14",
            "'crop' in [input] is 0; it must be a whole number from 1 to 4096, or [height, width]"},
        Mistake{"crop = 224", "crop = [1, 2, 3]", "7:8", "'crop' in [input] is an array; it must"},
        Mistake{"crop = 224", "crop = [32, 300]", "6:10",
                "'resize' is 256, smaller than 'crop', [32, 300]; it must be 300 to 4096"},
        Mistake{"resize = 256", "resize = [256, 200]", "6:10",
                "'resize' is [256, 200], smaller than 'crop', 224; it must be at least that in "
                "height and in width"},
        Mistake{"resize = 256", "resize = \"squash\"", "6:10",
                "'resize' in [input] is 'squash'; it must be 'letterbox'"},
        Mistake{"layout = \"NCHW\"", "channels = \"rgb\"", "10:12",
                "'channels' in [input] is 'rgb'; it must be 'RGB' or 'BGR' or 'gray'"},
        Mistake{"layout = \"NCHW\"", "channels = \"gray\"", "8:8",
                "'mean' is [0.485, 0.456, 0.406], and 'channels' is 'gray'; it must be one number"},
        Mistake{"layout = \"NCHW\"", "scale = 0", "10:9",
                "'scale' in [input] is 0; it must be a number from 1e-06 to 65535"},
        Mistake{"layout = \"NCHW\"", "fill = 256", "10:8",
                "'fill' in [input] is 256; it must be a whole number from 0 to 255"}));

// What [input] says, and what becomes of it.
TEST(FamilyText, AnInputMayBeOfOtherSizesChannelsAndRanges) {
  const struct {
    const char* input;
    InputSpec wanted;
  } rows[] = {
      {"crop = [64, 128]", {.crop = {64, 128}}},
      {"resize = [300, 400]\ncrop = [299, 399]",
       {.fitting = Fitting::kStretch, .resize = {300, 400}, .crop = {299, 399}}},
      {"resize = 'letterbox'\ncrop = 640\nfill = 114",
       {.fitting = Fitting::kLetterbox, .crop = {640, 640}, .fill = 114}},
      {"channels = 'BGR'\nscale = 255\nmean = [104, 117, 123]",
       {.channels = Channels::kBgr, .scale = 255, .mean = {104, 117, 123}}},
      {"channels = 'gray'\nmean = 0.13\nstd = [0.3]",
       {.channels = Channels::kGray, .mean = {0.13F, 0.13F, 0.13F}, .std = {0.3F, 0.3F, 0.3F}}},
  };
  for (const auto& row : rows) {
    const auto text = parse_family(
        fmt::format("name='f'\nlabels='l'\n[input]\n{}\n[[model]]\nname='m'\n", row.input),
        "f.toml", "");
    ASSERT_TRUE(text) << row.input << ": " << text.error().message;
    EXPECT_EQ(text->family.members[0].input, row.wanted) << row.input;
  }
}

TEST(FamilyText, RemembersWhetherMeanAndStdAreStated) {
  const struct {
    const char* input;
    const char* model;
    bool mean;
    bool std;
  } rows[] = {{"", "", false, false},
              {"mean = 0", "", true, false},
              {"", "std = 1", false, true},
              {"mean = 0.5", "std = 0.5", true, true}};
  for (const auto& row : rows) {
    const auto text = parse_family(fmt::format("name='f'\nlabels='l'\n[input]\n{}\n[[model]]\n"
                                               "name='m'\n{}\n",
                                               row.input, row.model),
                                   "f.toml", "");
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->family.members[0].states_mean, row.mean) << row.input << row.model;
    EXPECT_EQ(text->family.members[0].states_std, row.std) << row.input << row.model;
  }
}

TEST(FamilyText, IsRefusedWhenItIsNoToml) {
  struct Row {
    std::string_view text;
    std::string_view place;
  };
  const Row rows[] = {{"name = ", "f.toml:1:8: "},
                      {"name = 'a'\nname = 'b'\n", "f.toml:2:"},
                      {"name = 'a\n", "f.toml:1:"},
                      {"a = \xff", "f.toml:1:"}};
  for (const Row& row : rows) {
    const auto text = parse_family(row.text, "f.toml", "");
    ASSERT_FALSE(text) << row.text;
    EXPECT_THAT(text.error().message, StartsWith(std::string(row.place)));
  }
}

TEST(FamilyText, NeedsAModelInATableOfItsOwn) {
  const std::string head = "name='f'\nlabels='l'\n";
  for (const auto* models : {"", "model = []", "[model]\nname='m'", "model = 'm'", "model = [1]",
                             "model = [{name='m'}, 1]"}) {
    const auto text = parse_family(head + models, "f.toml", "");
    ASSERT_FALSE(text) << models;
    EXPECT_THAT(
        text.error().message,
        HasSubstr("a family needs at least one model, each in a table of its own: [[model]]"))
        << models;
  }
}

TEST(FamilyText, WhatIsPrintedIsRead) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint16_t, std::uint16_t>>& models) {
    RC_PRE(!models.empty());
    std::string text = "name = \"f\"\nlabels = \"l\"\n";
    for (std::size_t i = 0; i < models.size(); ++i) {
      const int crop = 1 + models[i].first % 4096;
      text += fmt::format("[[model]]\nname = \"m{}\"\nresize = 4096\ncrop = {}\ntop1 = {}\n", i,
                          crop, models[i].second / 65536.0);
    }
    const auto read = parse_family(text, "f", "");
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->family.members.size() == models.size());
    for (std::size_t i = 0; i < models.size(); ++i) {
      RC_ASSERT(read->family.members[i].input.crop.width == 1 + models[i].first % 4096);
      RC_ASSERT(read->family.members[i].top1 == models[i].second / 65536.0);
    }
  }));
}

}  // namespace
}  // namespace cnnselect
