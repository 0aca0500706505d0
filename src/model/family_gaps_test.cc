#include "model/family_gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

FamilyMember member(std::string name, std::optional<double> top1) {
  FamilyMember made;
  made.name = std::move(name);
  made.top1 = top1;
  return made;
}

Family pets(std::vector<FamilyMember> members) {
  Family family;
  family.name = "pets";
  family.file = "repo/pets.family.toml";
  family.members = std::move(members);
  return family;
}

TEST(FamilyGaps, AMemberWithoutTop1IsNamedWithTheCommandThatMeasuresIt) {
  EXPECT_TRUE(check_measured(pets({member("cat", 0.5), member("dog", 0)})));
  const Status one = check_measured(pets({member("cat", 0.5), member("dog", std::nullopt)}));
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(one.error().message,
              AllOf(HasSubstr("family 'pets' (repo/pets.family.toml): no 'top1' for model 'dog', "),
                    HasSubstr("want a fraction from 0 to 1"),
                    HasSubstr("`cnnselect models evaluate repo --family pets --images FOLDER "
                              "--labels TABLE.tsv --model dog --write`")));
  const Status both =
      check_measured(pets({member("cat", std::nullopt), member("dog", std::nullopt)}));
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().message,
              AllOf(HasSubstr("models 'cat', 'dog'"), HasSubstr("--labels TABLE.tsv --write`")));
}

TEST(FamilyGaps, WhatIsAssumedOfPixelsIsSaidOncePerFamily) {
  Family family = pets({member("cat", 1), member("dog", 1), member("cow", 1), member("hen", 1)});
  family.members[2].states_mean = true;
  family.members[3].states_mean = family.members[3].states_std = true;
  constexpr auto kFloat = ElementType::kFp32;
  EXPECT_THAT(
      unstated_normalisation(family, std::vector{kFloat, ElementType::kFp16, kFloat, kFloat}),
      ElementsAre(AllOf(HasSubstr("repo/pets.family.toml"),
                        HasSubstr("no 'mean' and no 'std' for models 'cat', 'dog': mean 0 "
                                  "and std 1 are assumed"),
                        HasSubstr("pixels from 0 to 1"), HasSubstr("under [input]")),
                  AllOf(HasSubstr("no 'std' for model 'cow'"), Not(HasSubstr("hen")))));
  const std::vector bytes(4, ElementType::kUint8);
  EXPECT_THAT(unstated_normalisation(family, bytes), IsEmpty()) << "bytes go in as they are";
}

}  // namespace
}  // namespace cnnselect
