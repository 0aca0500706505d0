// The most accurate model, whatever the budget: right most often, if ever in time.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

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

extern const PolicyKind kMostAccuratePolicy;
constinit const PolicyKind kMostAccuratePolicy = {.name = "most-accurate",
                                                  .rule = "The largest A, whatever the budget",
                                                  .make = make_plain<MostAccurate>};

}  // namespace cnnselect
