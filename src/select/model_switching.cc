// Model-Switching (Zhang et al., HotCloud 2020) and, with the network taken off the SLA, Jellyfish
// (Nigade et al., RTSS 2022): the most accurate model that keeps up with the load, for a period.
//
// Simplified: batch 1. The load is the period's, so that everybody with the same network gets the
// same model until the next period begins.
#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

// A request waits for one execution at most before its own.
constexpr double kExecutionsInLimit = 2;
constexpr double kHeadroom = 1.05;

class ModelSwitching final : public Selector {
 public:
  std::string_view name() const override { return "model-switching"; }
  bool reads_distributions() const override { return true; }  // for the 95th percentile

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const double limit = soft_on_arrival(input);
    const LoadView& load = input.load;
    const double demand = kHeadroom * load.period_arrivals_per_second * 1e-9;  // per ns
    const auto keeps_up = [&](double time) {
      return load.workers == 0 || static_cast<double>(load.workers) / time >= demand;
    };
    const auto best = most_accurate(input.candidates, [&](const Candidate& model) {
      const double time = percentile_95(model);
      return kExecutionsInLimit * time <= limit && keeps_up(time);
    });
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(input.candidates), Reason::kFastestFallback, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_model_switching() { return std::make_unique<ModelSwitching>(); }

}  // namespace cnnselect
