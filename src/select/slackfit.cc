// SlackFit (SuperServe, NSDI 2025) without batching: models in buckets of latency, and of the
// slowest bucket that fits the most accurate model.
#include <algorithm>
#include <array>
#include <cmath>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class Slackfit final : public Selector {
 public:
  explicit Slackfit(const PolicyValues& values) : buckets_(values["buckets"]) {}

  std::string_view name() const override { return "slackfit"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const auto [low, high] = std::ranges::minmax(models, {}, &Candidate::mean);
    const double least = real(low.mean);
    const double width = (real(high.mean) - least) / buckets_;
    const double slack = real(input.budget.soft);
    // The bucket of a model, from 1; its upper edge is least + bucket * width.
    const auto bucket = [&](const Candidate& model) {
      return width > 0 ? std::max(std::ceil((real(model.mean) - least) / width), 1.0) : 1.0;
    };
    double highest = 0;
    for (const Candidate& model : models) {
      const double edge = least + bucket(model) * width;
      if (edge <= slack) highest = std::max(highest, bucket(model));
    }
    const auto best = most_accurate(
        models, [&](const Candidate& model) { return highest > 0 && bucket(model) == highest; });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(models), Reason::kFastestFallback, probability);
  }

 private:
  double buckets_;  // of equal width, between the fastest and the slowest model's mean
};

constexpr std::array kParametersOfSlackfit = {
    PolicyParameter{.name = "buckets",
                    .meaning = "how many buckets of equal width",
                    .unit = "",
                    .usual = 10,
                    .least = 1,
                    .most = 1'000,
                    .whole = true}};

}  // namespace

extern const PolicyKind kSlackfitPolicy;
constinit const PolicyKind kSlackfitPolicy = {
    .name = "slackfit",
    .rule =
        "Of equal buckets of mean time the highest that fits T_U; in it the most accurate; else "
        "the fastest",
    .parameters = kParametersOfSlackfit,
    .make = make_with_values<Slackfit>};

}  // namespace cnnselect
