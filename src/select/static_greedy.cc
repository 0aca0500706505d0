// The paper's baseline (section 5.2.2): the SLA is all it looks at.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

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

extern const PolicyKind kStaticGreedyPolicy;
constinit const PolicyKind kStaticGreedyPolicy = {
    .name = "static-greedy",
    .rule = "The most accurate with mu < SLA, else the fastest",
    .make = make_plain<StaticGreedy>};

}  // namespace cnnselect
