// The authors' later rule (MDInference, IC2E 2020), without its duplication on the device.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class BudgetGreedy final : public Selector {
 public:
  std::string_view name() const override { return "budget-greedy"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, fits_within(input.budget));
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_budget_greedy() { return std::make_unique<BudgetGreedy>(); }

}  // namespace cnnselect
