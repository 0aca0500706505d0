// Drawn by accuracy among all models, whatever the budget.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

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

extern const PolicyKind kExplorationPolicy;
constinit const PolicyKind kExplorationPolicy = {.name = "exploration",
                                                 .rule = "Drawn by accuracy among all models",
                                                 .make = make_plain<Exploration>};

}  // namespace cnnselect
