// Drawn by accuracy among the models that fit the budget; the fastest when none does.
#include <array>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class WeightedEligible final : public Selector {
 public:
  explicit WeightedEligible(const PolicyValues& values) : sigmas_(values["sigmas"]) {}

  std::string_view name() const override { return "weighted-eligible"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, fits_within(input.budget, sigmas_), kByAccuracy, rng,
                      probability);
  }

 private:
  double sigmas_;
};

constexpr std::array kParametersOfWeightedEligible = {
    PolicyParameter{.name = "sigmas",
                    .meaning = "k: deviations that are kept free below T_U",
                    .unit = "",
                    .usual = 1,
                    .least = 0,
                    .most = 10}};

}  // namespace

extern const PolicyKind kWeightedEligiblePolicy;
constinit const PolicyKind kWeightedEligiblePolicy = {
    .name = "weighted-eligible",
    .rule = "Drawn by accuracy among mu + k sigma < T_U, else the fastest",
    .parameters = kParametersOfWeightedEligible,
    .make = make_with_values<WeightedEligible>};

}  // namespace cnnselect
