// Proteus (Ahmad et al., ASPLOS 2024): the mix of models with the largest mean accuracy that the
// workers can sustain; each request is drawn from it.
//
// Its integer program places several families on unlike devices; with one family on like workers
// and batch 1 it is max sum f_m A_m, sum f_m = 1, sum f_m r mu_m <= C. Two constraints: the optimum
// mixes at most two models, neighbours on the upper hull of (mean, accuracy), and is read off it
// exactly.
#include <algorithm>
#include <array>
#include <limits>

#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

/// The mean time that every request can be given, ns.
double affordable(const LoadView& load) {
  if (load.workers == 0 || load.period_arrivals_per_second == 0) {
    return std::numeric_limits<double>::infinity();
  }
  return static_cast<double>(load.workers) / load.period_arrivals_per_second * 1e9;
}

class Proteus final : public Selector {
 public:
  explicit Proteus(const PolicyValues& values) : executions_(values["executions"]) {}

  std::string_view name() const override { return "proteus"; }

  Selection select(const SelectionInput& input, Rng& rng,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const double limit = soft_on_arrival(input);
    const double share = affordable(input.load);
    const auto eligible = [limit, this](const Candidate& model) {
      return executions_ * real(model.mean) <= limit;
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

 private:
  double executions_;
};

// Usually 2 executions: a request waits for one first.

constexpr std::array kParametersOfProteus = {
    PolicyParameter{.name = "executions",
                    .meaning = "how many executions must fit T_U on arrival",
                    .unit = "",
                    .usual = 2,
                    .least = 1,
                    .most = 100}};

}  // namespace

extern const PolicyKind kProteusPolicy;
constinit const PolicyKind kProteusPolicy = {
    .name = "proteus",
    .rule = "Drawn from the mix with the largest mean A that the workers sustain, else the fastest",
    .parameters = kParametersOfProteus,
    .make = make_with_values<Proteus>};

}  // namespace cnnselect
