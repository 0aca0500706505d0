// A draw among the models that fit the budget: evenly, or by accuracy.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Eligible final : public Selector {
 public:
  explicit Eligible(bool by_accuracy) : by_accuracy_(by_accuracy) {}

  std::string_view name() const override {
    return by_accuracy_ ? "weighted-eligible" : "uniform-eligible";
  }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    const double soft = real(input.budget.soft);
    const auto best = most_accurate(input.candidates,
                                    [soft](const Candidate& model) { return fits(model, soft); });
    if (!best) {
      return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
    }
    for (std::size_t i = 0; i < input.candidates.size(); ++i) {
      const Candidate& model = input.candidates[i];
      const double weight = by_accuracy_ ? model.accuracy : 1.0;
      probability[i] = fits(model, soft) ? weight : 0.0;
    }
    return draw_without_base(*best, rng, probability);
  }

 private:
  bool by_accuracy_;
};

}  // namespace

std::unique_ptr<Selector> make_uniform_eligible() { return std::make_unique<Eligible>(false); }
std::unique_ptr<Selector> make_weighted_eligible() { return std::make_unique<Eligible>(true); }

}  // namespace cnnselect
