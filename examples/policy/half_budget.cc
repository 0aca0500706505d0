// half-budget: the most accurate model that takes at most a share of the budget, else the fastest.
// What is kept free is for what nobody knows.
//
// This file is the whole policy. It is the same in a plugin and in src/select.
#include <array>

#include "cnnselect/candidates.h"  // real(), most_accurate(), fastest(), certainly(), ...
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class HalfBudget final : public Selector {
 public:
  explicit HalfBudget(const PolicyValues& values) : share_(values["share"]) {}

  std::string_view name() const override { return "half-budget"; }

  // A pure function: no clock, no lock, no state that changes. Many threads call it at once.
  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double limit = share_ * real(input.budget.soft);  // T_U in ns, also negative or infinite
    const auto best = most_accurate(
        input.candidates, [limit](const Candidate& model) { return real(model.mean) < limit; });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }

 private:
  double share_;
};

// What users may set: `--policy half-budget:share=0.4`.
constexpr std::array kParameters = {
    PolicyParameter{.name = "share",
                    .meaning = "the part of T_U that a model's mean time may take",
                    .usual = 0.5,
                    .least = 0.01,
                    .most = 1}};

}  // namespace

extern const PolicyKind kHalfBudgetPolicy;
constinit const PolicyKind kHalfBudgetPolicy = {
    .name = "half-budget",
    .rule = "The most accurate with mu < a share of T_U, else the fastest",
    .parameters = kParameters,
    .make = make_with_values<HalfBudget>};

}  // namespace cnnselect
