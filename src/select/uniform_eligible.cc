// Drawn evenly among the models that fit the budget; the fastest when none does.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class UniformEligible final : public Selector {
 public:
  std::string_view name() const override { return "uniform-eligible"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, fits_within(input.budget), kEvenly, rng, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_uniform_eligible() { return std::make_unique<UniformEligible>(); }

}  // namespace cnnselect
