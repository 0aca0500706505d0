// The model with the smallest mean, whatever the budget: the low end that every policy lies above.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

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

extern const PolicyKind kFastestPolicy;
constinit const PolicyKind kFastestPolicy = {
    .name = "fastest", .rule = "The smallest mu, whatever the budget", .make = make_plain<Fastest>};

}  // namespace cnnselect
