#include "select/policy_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "cnnselect/candidates.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

/// Breaks one rule, or none.
class Odd final : public Selector {
 public:
  using Rule = Selection (*)(const SelectionInput&, std::span<double>);
  explicit Odd(Rule rule) : rule_(rule) {}
  std::string_view name() const override { return "odd"; }
  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    return rule_(input, probability);
  }

 private:
  Rule rule_;
};

template <Odd::Rule rule>
std::string complaint() {
  constexpr PolicyKind kOdd{
      .name = "odd", .rule = "", .make = [](const PolicyValues&) -> std::unique_ptr<Selector> {
        return std::make_unique<Odd>(rule);
      }};
  const Status checked = check_policy(kOdd);
  return checked ? "" : checked.error().message;
}

Selection keep_the_rules(const SelectionInput& input, std::span<double> probability) {
  return certainly(fastest(input.candidates), Reason::kFixed, probability);
}
Selection choose_nobody(const SelectionInput& input, std::span<double>) {
  return {.chosen = input.candidates.size(), .base = 0};
}
Selection hope_for_nothing(const SelectionInput&, std::span<double> probability) {
  std::ranges::fill(probability, 0.0);
  return {};
}
Selection give_up(const SelectionInput&, std::span<double>) {
  throw std::runtime_error("out of ideas");
}

TEST(PolicyCheck, TriesTheContract) {
  EXPECT_EQ(complaint<keep_the_rules>(), "");
  EXPECT_THAT(complaint<choose_nobody>(), HasSubstr("policy 'odd': it chose model"));
  EXPECT_THAT(complaint<hope_for_nothing>(), HasSubstr("its probabilities sum to 0; want"));
  EXPECT_EQ(complaint<give_up>(), "policy 'odd': it threw: out of ideas");
}

std::unique_ptr<Selector> make_nothing(const PolicyValues&) { return nullptr; }

std::string complaint(const PolicyKind& kind) { return check_policy(kind).error().message; }

TEST(PolicyCheck, LooksAtTheDescription) {
  EXPECT_THAT(complaint({.name = "Bad:name", .rule = "", .make = make_nothing}),
              HasSubstr("policy 'Bad:name': allowed in a name: a letter a to z"));
  EXPECT_THAT(complaint({.name = "odd"}), HasSubstr("PolicyKind::make is missing"));
  EXPECT_EQ(complaint({.name = "odd", .rule = "", .make = make_nothing}),
            "policy 'odd' cannot be made: it made nothing");
  constexpr std::array kBadName = {PolicyParameter{.name = "a=b"}};
  EXPECT_THAT(complaint({.name = "odd", .rule = "", .parameters = kBadName, .make = make_nothing}),
              HasSubstr("its parameter 'a=b'; allowed in a name"));
  constexpr std::array kTwice = {PolicyParameter{.name = "a"}, PolicyParameter{.name = "a"}};
  EXPECT_THAT(complaint({.name = "odd", .rule = "", .parameters = kTwice, .make = make_nothing}),
              HasSubstr("two parameters 'a'"));
  constexpr std::array kOutside = {PolicyParameter{.name = "a", .usual = 3, .most = 2}};
  EXPECT_EQ(complaint({.name = "odd", .rule = "", .parameters = kOutside, .make = make_nothing}),
            "policy 'odd': its parameter 'a' is usually 3; want a value from 0 to 2, both finite");
}

TEST(PolicyCheck, APolicyThatCallsItselfAnotherNameIsRefused) {
  constexpr PolicyKind kOther{
      .name = "even", .rule = "", .make = [](const PolicyValues&) -> std::unique_ptr<Selector> {
        return std::make_unique<Odd>(nullptr);
      }};
  EXPECT_EQ(complaint(kOther), "policy 'even': it calls itself 'odd'");
}

}  // namespace
}  // namespace cnnselect
