// One model whatever the budget: the two ends that every other policy lies between.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class Fixed final : public Selector {
 public:
  explicit Fixed(bool most_accurate) : most_accurate_(most_accurate) {}

  std::string_view name() const override { return most_accurate_ ? "most-accurate" : "fastest"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto best = most_accurate(input.candidates, [](const Candidate&) { return true; });
    const std::size_t chosen = most_accurate_ ? best.value_or(0) : fastest(input.candidates);
    return certainly(chosen, Reason::kFixed, probability);
  }

 private:
  bool most_accurate_;
};

}  // namespace

std::unique_ptr<Selector> make_fastest() { return std::make_unique<Fixed>(false); }
std::unique_ptr<Selector> make_most_accurate() { return std::make_unique<Fixed>(true); }

}  // namespace cnnselect
