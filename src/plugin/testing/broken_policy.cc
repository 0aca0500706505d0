// A plugin whose policy chooses a model that is not there.
#include "fixed_policy.h"

namespace {
constexpr char kName[] = "hundredth";
class Hundredth final : public cnnselect::Selector {
 public:
  std::string_view name() const override { return kName; }
  cnnselect::Selection select(const cnnselect::SelectionInput&, cnnselect::Rng&,
                              std::span<double>) const override {
    return {.chosen = 99, .base = 99};
  }
};
constexpr cnnselect::PolicyKind kHundredth{
    .name = kName, .rule = "The hundredth", .make = cnnselect::make_plain<Hundredth>};
}  // namespace

CNNSELECT_POLICY_PLUGIN(&kHundredth);
