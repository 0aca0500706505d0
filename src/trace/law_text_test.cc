#include "trace/law_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cnnselect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LawText, IsANameAndItsNumbers) {
  const auto law = parse_law_text("normal(63, 1.5e1 )");
  ASSERT_TRUE(law.has_value()) << law.error().message;
  EXPECT_EQ(law->name, "normal");
  EXPECT_THAT(law->arguments, ElementsAre(63, 15));
  EXPECT_THAT(parse_law_text("constant(-0.5)")->arguments, ElementsAre(-0.5));
}

TEST(LawText, NamesTheWholeTextAndTheWrongPart) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const auto& [text, message] : {
           Case{"", "'' is not of the form name(number,...)"},
           Case{"normal", "'normal' is not of the form"},
           Case{"(1)", "'(1)' is not of the form"},
           Case{"normal(1", "'normal(1' is not of the form"},
           Case{"normal()", "'normal()' has '' where a number is expected"},
           Case{"normal(1,,2)", "'normal(1,,2)' has '' where"},
           Case{"normal(1,x)", "'normal(1,x)' has 'x' where"},
           Case{"normal(1;2)", "has '1;2' where"},
           Case{"normal(inf)", "has 'inf' where"},
           Case{"normal(nan)", "has 'nan' where"},
       }) {
    const auto law = parse_law_text(text);
    ASSERT_FALSE(law.has_value()) << text;
    EXPECT_THAT(law.error().message, HasSubstr(message));
  }
}

TEST(LawTextProperty, WholeNumbersAreReadAsWritten) {
  EXPECT_TRUE(rc::check([] {
    const auto numbers = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<int>>(rc::gen::inRange(-1'000'000, 1'000'000)));
    std::string text = "law(";
    for (const int number : numbers) text += std::to_string(number) + ",";
    text.back() = ')';
    const auto law = parse_law_text(text);
    RC_ASSERT(law.has_value());
    RC_ASSERT(law->arguments.size() == numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) RC_ASSERT(law->arguments[i] == numbers[i]);
  }));
}

}  // namespace
}  // namespace cnnselect
