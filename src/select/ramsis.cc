// RAMSIS (EuroSys 2024): looks up the plan made ahead of time (ramsis_table.h) for these models and
// this load, at this queue and this much time left.
//
// The paper plans per worker and gives each its share of the arrivals and of the queue; so does
// this. It knows no network: here each request's own T_U on arrival stands for everybody's. Plans
// are made when first needed, for rounded profiles, loads and times, and kept: what is chosen
// depends on the input alone. Making one takes tens of milliseconds, on the deciding thread.
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/candidates.h"
#include "cnnselect/policy.h"
#include "select/ramsis_table.h"

namespace cnnselect {
namespace {

// Ratios are rounded to powers of these, so that one plan serves all that are nearly alike.
constexpr double kTimeStep = 1.05;
constexpr double kLoadStep = 1.1;
// The load of one worker with the fastest model, from practically none to twice too much.
constexpr double kLeastLoad = 0.01;
constexpr double kMostLoad = 2;
// About 3 kB each.
constexpr std::size_t kMostPlans = 512;

double power_near(double ratio, double step) {
  return std::round(std::log(ratio) / std::log(step));
}

/// All that a plan is made from, rounded: the powers of time on arrival and load, then for each
/// model accuracy and the power of its time; times are over the fastest model's.
using PlanKey = std::vector<double>;

RamsisTable make_plan(const PlanKey& key) {
  const double on_arrival = std::pow(kLoadStep, key[0]);
  const double load = std::pow(kLoadStep, key[1]);
  std::vector<RamsisModel> models;
  for (std::size_t i = 2; i < key.size(); i += 2) {
    models.push_back({.accuracy = key[i], .time = std::pow(kTimeStep, key[i + 1]) / on_arrival});
  }
  return {models, load * on_arrival};
}

class Ramsis final : public Selector {
 public:
  std::string_view name() const override { return "ramsis"; }
  bool reads_distributions() const override { return true; }  // for the 95th percentile

  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    const auto models = input.candidates;
    const auto best = choose(input);
    if (best) return certainly(*best, Reason::kBaseOnly, probability);
    return certainly(fastest(models), Reason::kFastestFallback, probability);
  }

 private:
  std::optional<std::size_t> choose(const SelectionInput& input) const {
    const auto models = input.candidates;
    const LoadView& load = input.load;
    const double left = real(input.budget.soft);
    const double on_arrival = std::max(soft_on_arrival(input), left);
    double least = percentile_95(models[0]);
    for (const Candidate& model : models) least = std::min(least, percentile_95(model));
    if (!(left >= least)) return std::nullopt;
    if (load.workers == 0 || std::isinf(on_arrival)) {  // nobody else to think of
      return most_accurate(models,
                           [left](const Candidate& model) { return percentile_95(model) <= left; });
    }
    const auto workers = static_cast<double>(load.workers);
    const double asked =
        std::clamp(load.arrivals_per_second / workers * least * 1e-9, kLeastLoad, kMostLoad);
    const std::size_t queued = (load.waiting + load.workers) / load.workers;  // rounded up, with it
    const MutexLock lock(mutex_);
    key_.clear();
    key_.push_back(power_near(on_arrival / least, kLoadStep));
    key_.push_back(power_near(asked, kLoadStep));
    for (const Candidate& model : models) {
      key_.push_back(model.accuracy);
      key_.push_back(power_near(percentile_95(model) / least, kTimeStep));
    }
    return plan().choice(queued, left / on_arrival);
  }

  const RamsisTable& plan() const CNNSELECT_REQUIRES(mutex_) {
    const auto known = plans_.find(key_);
    if (known != plans_.end()) return known->second;
    if (plans_.size() == kMostPlans) plans_.clear();
    return plans_.emplace(key_, make_plan(key_)).first->second;
  }

  mutable Mutex mutex_;
  mutable std::map<PlanKey, RamsisTable> plans_ CNNSELECT_GUARDED_BY(mutex_);
  mutable PlanKey key_ CNNSELECT_GUARDED_BY(mutex_);  // reused, so that a look-up allocates nothing
};

}  // namespace

extern const PolicyKind kRamsisPolicy;
constinit const PolicyKind kRamsisPolicy = {.name = "ramsis",
                                            .rule =
                                                "Looks up (waiting per worker, T_U) in a plan of "
                                                "the largest A at this load, else the fastest",
                                            .make = make_plain<Ramsis>,
                                            .plans_ahead = true};

}  // namespace cnnselect
