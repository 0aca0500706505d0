// Drawn evenly among the models that fit the budget; the fastest when none does.
#include <array>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class UniformEligible final : public Selector {
 public:
  explicit UniformEligible(const PolicyValues& values) : sigmas_(values["sigmas"]) {}

  std::string_view name() const override { return "uniform-eligible"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    return draw_among(input.candidates, fits_within(input.budget, sigmas_), kEvenly, rng,
                      probability);
  }

 private:
  double sigmas_;
};

constexpr std::array kParametersOfUniformEligible = {
    PolicyParameter{.name = "sigmas",
                    .meaning = "k: deviations that are kept free below T_U",
                    .unit = "",
                    .usual = 1,
                    .least = 0,
                    .most = 10}};

}  // namespace

extern const PolicyKind kUniformEligiblePolicy;
constinit const PolicyKind kUniformEligiblePolicy = {
    .name = "uniform-eligible",
    .rule = "Drawn evenly among mu + k sigma < T_U, else the fastest",
    .parameters = kParametersOfUniformEligible,
    .make = make_with_values<UniformEligible>};

}  // namespace cnnselect
