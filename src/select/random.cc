// Drawn evenly among all models, whatever the budget.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Random final : public Selector {
 public:
  std::string_view name() const override { return "random"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, kAnyModel, kEvenly, rng, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_random() { return std::make_unique<Random>(); }

}  // namespace cnnselect
