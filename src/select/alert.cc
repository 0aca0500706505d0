// ALERT (Wan et al., USENIX ATC 2020), its accuracy goal under a deadline: the largest accuracy
// times the chance to be in time, with one slowdown for all models, normally distributed.
//
// Simplified: whole networks only (no early exits) and no goal of energy. Added, since ALERT serves
// one request at a time: what those who wait will take of the workers comes off the time left.
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"

namespace cnnselect {
namespace {

/// W, ns: everybody waiting takes the mean of the models' times.
double queue_time(std::span<const Candidate> models, const LoadView& load) {
  if (load.workers == 0) return 0;
  double sum = 0;
  for (const Candidate& model : models) sum += real(as_loaded(model));
  return load.slowdown_mean * sum / static_cast<double>(models.size()) *
         static_cast<double>(load.waiting) / static_cast<double>(load.workers);
}

class Alert final : public Selector {
 public:
  std::string_view name() const override { return "alert"; }

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const double left = real(input.budget.soft) - queue_time(models, input.load);
    // With no time left the normal law, whose spread grows with the mean, would favour the slowest.
    if (!(left > 0)) return certainly(fastest(models), Reason::kFastestFallback, probability);
    std::size_t best = 0;
    double best_score = -1;
    for (std::size_t i = 0; i < models.size(); ++i) {
      const double time = real(as_loaded(models[i]));
      const double score =
          models[i].accuracy * normal_at_most(left, input.load.slowdown_mean * time,
                                              input.load.slowdown_deviation * time);
      if (score > best_score || (score == best_score && models[i].mean < models[best].mean)) {
        best = i;
        best_score = score;
      }
    }
    return certainly(best, Reason::kBaseOnly, probability);
  }
};

}  // namespace

extern const PolicyKind kAlertPolicy;
constinit const PolicyKind kAlertPolicy = {.name = "alert",
                                           .rule =
                                               "The largest A times the chance to be in time after "
                                               "the requests that wait, by one normal slowdown",
                                           .make = make_plain<Alert>};

}  // namespace cnnselect
