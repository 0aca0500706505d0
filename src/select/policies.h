// The policies that this folder implements, one .cc file per rule. Names and rules:
// docs/policies.md. What each makes has no state that a choice depends on: share it between
// threads.
#pragma once

#include <memory>

#include "cnnselect/selector.h"

namespace cnnselect {

struct CnnselectOptions {
  /// The exploration interval as the paper prints it, which can leave out the base model itself,
  /// instead of the distance that its walkthrough (Fig. 11) shows.
  bool interval_as_printed = false;
  /// Leave out models that another one beats in both accuracy and mean time, before anything else.
  bool drop_dominated = false;
  /// T_threshold for each model by what is not known of this request and of the model, instead of
  /// the budget's.
  bool automatic_threshold = false;
};

/// "cnnselect", "cnnselect-printed", "cnnselect-frontier" (without dominated models; quadratic in
/// the number of models), "cnnselect-auto": the paper's three stages (section 5.1).
std::unique_ptr<Selector> make_cnnselect(CnnselectOptions options);
/// "budget-greedy": the most accurate model with mu + sigma < T_U, else the fastest; "mdinference"
/// is the same choice, for who also runs the device's own model.
std::unique_ptr<Selector> make_budget_greedy();
std::unique_ptr<Selector> make_mdinference();
/// "static-greedy": the most accurate with mu < T_sla, blind to network, queue and sigma, else the
/// fastest. The paper's baseline.
std::unique_ptr<Selector> make_static_greedy();
/// "exploration": drawn by accuracy among all models.
std::unique_ptr<Selector> make_exploration();
/// "uniform-eligible": drawn evenly among mu + sigma < T_U, else the fastest.
std::unique_ptr<Selector> make_uniform_eligible();
/// "weighted-eligible": drawn by accuracy among mu + sigma < T_U, else the fastest.
std::unique_ptr<Selector> make_weighted_eligible();
/// "ontime": the largest A times the chance to be in time, by the distributions of execution and
/// way back, less the price of the worker's time while others wait.
std::unique_ptr<Selector> make_ontime();
/// "slack-greedy": the most accurate model whose 95th percentile fits T_U, else the fastest.
std::unique_ptr<Selector> make_slack_greedy();
/// "slackfit" (SuperServe): of ten equal buckets of mean time the highest whose upper edge fits
/// T_U, in it the most accurate model, else the fastest.
std::unique_ptr<Selector> make_slackfit();
/// "infaas": of the models with mu <= T_U, as profiled, the one with the fewest executions under
/// way, but for those that take much longer than profiled; else the fastest.
std::unique_ptr<Selector> make_infaas();
/// "model-switching": the most accurate whose 95th percentile is at most half of T_U on arrival and
/// that serves 1.05 times the period's arrivals, else the fastest.
std::unique_ptr<Selector> make_model_switching();
/// "alert": the largest A times the chance of a normal slowdown, the same for all models, to be in
/// time after those who wait.
std::unique_ptr<Selector> make_alert();
/// "proteus": drawn from the mix with the largest mean accuracy that the workers sustain at the
/// period's arrivals, of models with mu at most half of T_U on arrival; else the fastest.
std::unique_ptr<Selector> make_proteus();
/// "ramsis": looks up in a plan of the largest accuracy per request at this load, made ahead and
/// kept; the first decision of its kind takes tens of milliseconds and allocates.
std::unique_ptr<Selector> make_ramsis();
/// "fastest", "most-accurate", "random": whatever the budget.
std::unique_ptr<Selector> make_fastest();
std::unique_ptr<Selector> make_most_accurate();
std::unique_ptr<Selector> make_random();

}  // namespace cnnselect
