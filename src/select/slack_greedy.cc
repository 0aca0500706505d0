// Slack greedy, a rule of the serving literature: the most accurate model whose 95th percentile
// fits what is left.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class SlackGreedy final : public Selector {
 public:
  std::string_view name() const override { return "slack-greedy"; }
  bool reads_distributions() const override { return true; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double soft = real(input.budget.soft);
    const auto best = most_accurate(
        input.candidates, [soft](const Candidate& model) { return percentile_95(model) <= soft; });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_slack_greedy() { return std::make_unique<SlackGreedy>(); }

}  // namespace cnnselect
