// Slack greedy, a rule of the serving literature: the most accurate model of whose executions a
// share, usually 95 %, fits what is left.
#include <array>
#include <boost/math/distributions/normal.hpp>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class SlackGreedy final : public Selector {
 public:
  explicit SlackGreedy(const PolicyValues& values)
      : quantile_{.share = values["quantile"],
                  .normal = boost::math::quantile(boost::math::normal(), values["quantile"])} {}

  std::string_view name() const override { return "slack-greedy"; }
  bool reads_distributions() const override { return true; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double soft = real(input.budget.soft);
    const auto best = most_accurate(input.candidates, [soft, this](const Candidate& model) {
      return time_at(model, quantile_) <= soft;
    });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }

 private:
  Quantile quantile_;
};

constexpr std::array kParametersOfSlackGreedy = {
    PolicyParameter{.name = "quantile",
                    .meaning = "the share of its executions that must fit T_U",
                    .unit = "",
                    .usual = 0.95,
                    .least = 0.01,
                    .most = 0.9999}};

}  // namespace

extern const PolicyKind kSlackGreedyPolicy;
constinit const PolicyKind kSlackGreedyPolicy = {
    .name = "slack-greedy",
    .rule = "The most accurate with a quantile of its times <= T_U, else the fastest",
    .parameters = kParametersOfSlackGreedy,
    .make = make_with_values<SlackGreedy>};

}  // namespace cnnselect
