// The most accurate model, whatever the budget: right most often, if ever in time.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

class MostAccurate final : public Selector {
 public:
  std::string_view name() const override { return "most-accurate"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const std::size_t best = most_accurate(input.candidates, kAnyModel).value_or(0);
    return certainly(best, Reason::kFixed, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_most_accurate() { return std::make_unique<MostAccurate>(); }

}  // namespace cnnselect
