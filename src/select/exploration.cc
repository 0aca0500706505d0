// Draws that no budget limits: by accuracy among all models, or evenly.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Exploration final : public Selector {
 public:
  explicit Exploration(bool by_accuracy) : by_accuracy_(by_accuracy) {}

  std::string_view name() const override { return by_accuracy_ ? "exploration" : "random"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, [](const Candidate&) { return true; });
    for (std::size_t i = 0; i < input.candidates.size(); ++i) {
      probability[i] = by_accuracy_ ? input.candidates[i].accuracy : 1.0;
    }
    return draw_without_base(best.value_or(0), rng, probability);
  }

 private:
  bool by_accuracy_;
};

}  // namespace

std::unique_ptr<Selector> make_exploration() { return std::make_unique<Exploration>(true); }
std::unique_ptr<Selector> make_random() { return std::make_unique<Exploration>(false); }

}  // namespace cnnselect
