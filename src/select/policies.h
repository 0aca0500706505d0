// The policies of this folder, one .cc file per rule. Names and rules: docs/policies.md. To add
// one: docs/write-a-policy.md. A policy has no state that a choice depends on, so threads may share
// it.
#pragma once

#include <memory>

#include "cnnselect/selector.h"

namespace cnnselect {

struct CnnselectOptions {
  /// Use the exploration interval as the paper prints it, instead of the distance that its Fig. 11
  /// shows. The printed one can leave out the base model itself.
  bool interval_as_printed = false;
  /// First leave out models that another one beats in both accuracy and mean time.
  bool drop_dominated = false;
  /// Give each model its own T_threshold, by what is not known of this request and of the model,
  /// instead of the budget's.
  bool automatic_threshold = false;
};

/// The paper's three stages (section 5.1): "cnnselect", "cnnselect-printed", "cnnselect-auto", and
/// "cnnselect-frontier", which is without dominated models and quadratic in the number of models.
std::unique_ptr<Selector> make_cnnselect(CnnselectOptions options);
/// "budget-greedy": the most accurate model with mu + sigma < T_U, else the fastest. "mdinference"
/// makes the same choice, for studies that also run the device's own model.
std::unique_ptr<Selector> make_budget_greedy();
std::unique_ptr<Selector> make_mdinference();
/// "static-greedy", the paper's baseline: the most accurate with mu < SLA, else the fastest. It is
/// blind to network, queue and sigma.
std::unique_ptr<Selector> make_static_greedy();
/// "exploration": drawn by accuracy among all models.
std::unique_ptr<Selector> make_exploration();
/// "uniform-eligible": drawn evenly among mu + sigma < T_U, else the fastest.
std::unique_ptr<Selector> make_uniform_eligible();
/// "weighted-eligible": drawn by accuracy among mu + sigma < T_U, else the fastest.
std::unique_ptr<Selector> make_weighted_eligible();
/// "ontime": the largest A times the chance to be in time, less the price of the worker's time. The
/// chance is by the distributions of execution and way back.
std::unique_ptr<Selector> make_ontime();
/// "slack-greedy": the most accurate model whose 95th percentile fits T_U, else the fastest.
std::unique_ptr<Selector> make_slack_greedy();
/// "slackfit" (SuperServe): ten equal buckets of mean time; the highest whose upper edge fits T_U;
/// in it the most accurate model. Else the fastest.
std::unique_ptr<Selector> make_slackfit();
/// "infaas": of the models with mu <= T_U, as profiled, the one with the fewest executions under
/// way. Models that take much longer than profiled are left out. Else the fastest.
std::unique_ptr<Selector> make_infaas();
/// "model-switching": the most accurate with a 95th percentile of at most half of T_U on arrival
/// that serves 1.05 times the period's arrivals. Else the fastest.
std::unique_ptr<Selector> make_model_switching();
/// "alert": the largest A times the chance to be in time after the requests that wait. The chance
/// is by one normal slowdown that is the same for all models.
std::unique_ptr<Selector> make_alert();
/// "proteus": drawn from the mix with the largest mean accuracy that the workers sustain at the
/// period's arrivals. Only models with mu at most half of T_U on arrival. Else the fastest.
std::unique_ptr<Selector> make_proteus();
/// "ramsis": looks up in a plan of the largest accuracy per request at this load. The plan is made
/// once and kept. The first decision of its kind takes tens of milliseconds and allocates.
std::unique_ptr<Selector> make_ramsis();
/// "fastest", "most-accurate", "random": whatever the budget.
std::unique_ptr<Selector> make_fastest();
std::unique_ptr<Selector> make_most_accurate();
std::unique_ptr<Selector> make_random();

}  // namespace cnnselect
