// The authors' later rule (MDInference, IC2E 2020): on the server it is the greedy choice; its
// duplication on the device is not a choice of model.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class BudgetGreedy final : public Selector {
 public:
  explicit BudgetGreedy(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, fits_within(input.budget));
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }

 private:
  std::string_view name_;
};

}  // namespace

std::unique_ptr<Selector> make_budget_greedy() {
  return std::make_unique<BudgetGreedy>("budget-greedy");
}

std::unique_ptr<Selector> make_mdinference() {
  return std::make_unique<BudgetGreedy>("mdinference");
}

}  // namespace cnnselect
