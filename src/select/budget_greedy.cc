// The authors' later rule (MDInference, IC2E 2020): on the server it is the greedy choice; its
// duplication on the device is not a choice of model.
#include <array>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class BudgetGreedy final : public Selector {
 public:
  BudgetGreedy(std::string_view name, const PolicyValues& values)
      : name_(name), sigmas_(values["sigmas"]) {}
  std::string_view name() const override { return name_; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, fits_within(input.budget, sigmas_));
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }

 private:
  std::string_view name_;
  double sigmas_;
};

constexpr std::array kBudgetGreedyParameters = {
    PolicyParameter{.name = "sigmas",
                    .meaning = "k: deviations that are kept free below T_U",
                    .usual = 1,
                    .least = 0,
                    .most = 10}};

}  // namespace

extern const PolicyKind kBudgetGreedyPolicy;
constinit const PolicyKind kBudgetGreedyPolicy = {
    .name = "budget-greedy",
    .rule = "The most accurate with mu + k sigma < T_U, else the fastest",
    .parameters = kBudgetGreedyParameters,
    .make = [](const PolicyValues& values) -> std::unique_ptr<Selector> {
      return std::make_unique<BudgetGreedy>("budget-greedy", values);
    }};

extern const PolicyKind kMdinferencePolicy;
constinit const PolicyKind kMdinferencePolicy = {
    .name = "mdinference",
    .rule = "As budget-greedy; `simulate --device` runs the device's network for every request too",
    .parameters = kBudgetGreedyParameters,
    .make = [](const PolicyValues& values) -> std::unique_ptr<Selector> {
      return std::make_unique<BudgetGreedy>("mdinference", values);
    }};

}  // namespace cnnselect
