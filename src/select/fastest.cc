// The model with the smallest mean, whatever the budget: the low end that every policy lies above.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Fastest final : public Selector {
 public:
  std::string_view name() const override { return "fastest"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    return certainly(fastest(input.candidates), Reason::kFixed, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_fastest() { return std::make_unique<Fastest>(); }

}  // namespace cnnselect
