#include "model/family_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/family_text.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;
using testing::Not;

NetworkFacts usual(const std::string& name) {
  return {.name = name, .size = PixelSize{.height = 224, .width = 224}, .classes = 10};
}

Result<FamilyText> parsed(const std::string& text) { return parse_family(text, "draft.toml", ""); }

TEST(FamilyDraft, IsAFamilyFileWithMarks) {
  auto other = usual("b");
  other.file = "odd \"name\".onnx";
  other.size = PixelSize{.height = 96, .width = 128};
  other.layout = Layout::kNhwc;
  other.channels = Channels::kGray;
  other.output = OutputKind::kProbabilities;
  const std::vector<NetworkFacts> networks{usual("a"), other};
  const auto text = family_draft("pets", "pets_labels.txt", false, networks);
  ASSERT_TRUE(text) << text.error().message;
  const auto family = parsed(*text);
  ASSERT_TRUE(family) << family.error().message << *text;
  const auto& members = family->family.members;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].input, InputSpec()) << "256 and 224 are the defaults";
  EXPECT_EQ(members[0].output, OutputKind::kLogits);
  EXPECT_FALSE(members[0].states_mean);
  EXPECT_EQ(members[1].file, "odd \"name\".onnx");
  EXPECT_EQ(members[1].input.crop, (PixelSize{.height = 96, .width = 128}));
  EXPECT_EQ(members[1].input.resize, (PixelSize{.height = 96, .width = 128}));
  EXPECT_EQ(members[1].input.layout, Layout::kNhwc);
  EXPECT_EQ(members[1].input.channels, Channels::kGray);
  EXPECT_EQ(members[1].output, OutputKind::kProbabilities);
  EXPECT_FALSE(members[1].top1);
  EXPECT_THAT(*text, HasSubstr("labels = 'pets_labels.txt'   # FILL IN: 10 lines"));
  EXPECT_THAT(*text, HasSubstr("# FILL IN: top1 of each model"));
  EXPECT_THAT(*text, HasSubstr("cnnselect models evaluate DIR --family pets --images FOLDER"));
}

TEST(FamilyDraft, AMemberSaysWhatTheFirstOneHasOtherwise) {
  auto first = usual("a");
  first.layout = Layout::kNhwc;
  first.channels = Channels::kGray;
  const std::vector<NetworkFacts> networks{first, usual("b")};
  const auto family = parsed(family_draft("pets", "l.txt", true, networks).value());
  ASSERT_TRUE(family) << family.error().message;
  EXPECT_EQ(family->family.members[1].input, InputSpec());
}

TEST(FamilyDraft, WhatIsKnownIsNotMarked) {
  auto bytes = usual("a");
  bytes.type = ElementType::kUint8;
  const auto text = family_draft("pets", "l.txt", true, std::vector{bytes}).value();
  EXPECT_THAT(text, Not(HasSubstr("mean = ")));
  EXPECT_THAT(text, Not(HasSubstr("10 lines")));
  EXPECT_THAT(family_draft("pets", "l.txt", true, std::vector{bytes, usual("b")}).value(),
              HasSubstr("# mean = "))
      << "one of them takes numbers";
}

TEST(FamilyDraft, NetworksOfOtherClassesAreNoFamily) {
  auto other = usual("b");
  other.classes = 11;
  const auto refused = family_draft("pets", "l.txt", true, std::vector{usual("a"), other});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("'a' has 10 classes, 'b' has 11"));
}

}  // namespace
}  // namespace cnnselect
