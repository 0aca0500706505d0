// Proteus (Ahmad et al., ASPLOS 2024): the mix of models with the largest mean accuracy that the
// workers can sustain; each request is drawn from it.
//
// Its integer program places several families on unlike devices; with one family on like workers
// and batch 1 it is max sum f_m A_m, sum f_m = 1, sum f_m r mu_m <= C. Two constraints: the optimum
// mixes at most two models, neighbours on the upper hull of (mean, accuracy), and is read off it
// exactly.
#include <algorithm>
#include <limits>

#include "select/candidates.h"
#include "select/policies.h"

namespace cnnselect {
namespace {

// A model's time may be half of what is left of the SLA: a request waits for one execution first.
constexpr double kExecutionsInSla = 2;

/// The mean time that every request can be given, ns.
double affordable(const LoadView& load) {
  if (load.workers == 0 || load.period_arrivals_per_second == 0) {
    return std::numeric_limits<double>::infinity();
  }
  return static_cast<double>(load.workers) / load.period_arrivals_per_second * 1e9;
}

class Proteus final : public Selector {
 public:
  std::string_view name() const override { return "proteus"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const double limit = soft_on_arrival(input);
    const double share = affordable(input.load);
    const auto eligible = [limit](const Candidate& model) {
      return kExecutionsInSla * real(model.mean) <= limit;
    };
    std::size_t at = fastest(models);
    if (!eligible(models[at]) || real(models[at].mean) > share) {
      return certainly(at, Reason::kFastestFallback, probability);
    }
    while (const auto edge = next_on_hull(models, at, eligible)) {
      const double low = real(models[at].mean);
      const double high = real(models[edge->to].mean);
      if (high > share) {
        std::ranges::fill(probability, 0.0);
        probability[edge->to] = (share - low) / (high - low);
        probability[at] = 1 - probability[edge->to];
        return draw_without_base(at, rng, probability);
      }
      at = edge->to;
    }
    return certainly(at, Reason::kBaseOnly, probability);
  }
};

}  // namespace

std::unique_ptr<Selector> make_proteus() { return std::make_unique<Proteus>(); }

}  // namespace cnnselect
