// The paper's baseline (section 5.2.2): the SLA is all it looks at.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class StaticGreedy final : public Selector {
 public:
  std::string_view name() const override { return "static-greedy"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, [&](const Candidate& model) {
      return real(model.mean) < real(input.sla);
    });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_static_greedy() { return std::make_unique<StaticGreedy>(); }

}  // namespace cnnselect
