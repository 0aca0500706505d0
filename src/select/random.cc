// Drawn evenly among all models, whatever the budget.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

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

extern const PolicyKind kRandomPolicy;
constinit const PolicyKind kRandomPolicy = {
    .name = "random", .rule = "Drawn evenly among all models", .make = make_plain<Random>};

}  // namespace cnnselect
