// Model-Switching (Zhang et al., HotCloud 2020) and, with the network taken off the SLA, Jellyfish
// (Nigade et al., RTSS 2022): the most accurate model that keeps up with the load, for a period.
//
// Simplified: batch 1. The load is the period's, so that everybody with the same network gets the
// same model until the next period begins.
#include <array>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

class ModelSwitching final : public Selector {
 public:
  explicit ModelSwitching(const PolicyValues& values)
      : executions_(values["executions"]), headroom_(values["headroom"]) {}

  std::string_view name() const override { return "model-switching"; }
  bool reads_distributions() const override { return true; }  // for the 95th percentile

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double limit = soft_on_arrival(input);
    const LoadView& load = input.load;
    const double demand = headroom_ * load.period_arrivals_per_second * 1e-9;  // per ns
    const auto keeps_up = [&](double time) {
      return load.workers == 0 || static_cast<double>(load.workers) / time >= demand;
    };
    const auto best = most_accurate(input.candidates, [&](const Candidate& model) {
      const double time = percentile_95(model);
      return executions_ * time <= limit && keeps_up(time);
    });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }

 private:
  double executions_;
  double headroom_;
};

// Usually 2 executions: a request waits for one at most before its own.

constexpr std::array kParametersOfModelSwitching = {
    PolicyParameter{.name = "executions",
                    .meaning = "how many executions must fit T_U on arrival",
                    .unit = "",
                    .usual = 2,
                    .least = 1,
                    .most = 100},
    PolicyParameter{.name = "headroom",
                    .meaning = "the load that it must bear, over the arrivals",
                    .unit = "",
                    .usual = 1.05,
                    .least = 0.01,
                    .most = 100}};

}  // namespace

extern const PolicyKind kModelSwitchingPolicy;
constinit const PolicyKind kModelSwitchingPolicy = {
    .name = "model-switching",
    .rule =
        "The most accurate with p95 <= half of T_U on arrival that keeps up with the arrivals, "
        "else the fastest",
    .parameters = kParametersOfModelSwitching,
    .make = make_with_values<ModelSwitching>};

}  // namespace cnnselect
