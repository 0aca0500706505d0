// Drawn by accuracy among all models, whatever the budget.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Exploration final : public Selector {
 public:
  std::string_view name() const override { return "exploration"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, kAnyModel, kByAccuracy, rng, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_exploration() { return std::make_unique<Exploration>(); }

}  // namespace cnnselect
