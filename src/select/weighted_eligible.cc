// Drawn by accuracy among the models that fit the budget; the fastest when none does.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class WeightedEligible final : public Selector {
 public:
  std::string_view name() const override { return "weighted-eligible"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, fits_within(input.budget), kByAccuracy, rng, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_weighted_eligible() { return std::make_unique<WeightedEligible>(); }

}  // namespace cnnselect
