// Selector: which model answers this request. The heart of cnnselect.
//
// A policy is a pure function of a snapshot (candidates, budget) and an Rng: no clock, lock, log or
// I/O inside, so that the server and the simulator share it unchanged. Selectors are stateless and
// may be called from many threads at once, each with its own Rng and output span.
//
// Total: one or more candidates and any budget, negative and infinite ones included, give an
// answer.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "cnnselect/ids.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What is left of a request's SLA for waiting and inference, see src/budget/budget.h.
/// Duration::min() and Duration::max() stand for minus and plus infinity.
struct Budget {
  Duration soft{};  ///< T_U: SLA - network - waited
  Duration hard{};  ///< T_L: soft - threshold
  friend bool operator==(const Budget&, const Budget&) = default;
};

/// One model as a policy sees it.
struct Candidate {
  ModelId model;
  double accuracy = 0;   ///< A, fraction in [0, 1]
  Duration mean{};       ///< mu > 0
  Duration deviation{};  ///< sigma >= 0
  /// Equally likely times of one execution, ascending; empty: only mu and sigma are known.
  std::span<const Duration> times;
  Duration profiled{};      ///< the mean when the model was loaded; 0: `mean` is it
  std::size_t running = 0;  ///< executions of this model that are under way now
  /// Until the model is in memory; 0: it is; kForever: it cannot be brought there now. Who asks a
  /// policy adds it to the times above, or leaves the model out: no rule looks at it.
  Duration cold_start{};
};

/// The time that the model was profiled with when it was loaded.
inline Duration as_loaded(const Candidate& model) {
  return model.profiled > Duration::zero() ? model.profiled : model.mean;
}

/// How busy the server is at the decision, for policies that put a price on a worker's time.
struct LoadView {
  std::size_t waiting = 0;  ///< requests in the queue; not this one, nor those put behind others
  std::size_t workers = 0;  ///< 0: no limit, nobody ever waits
  /// What the executions under way still take, all together, by their models' mean times.
  Duration running_work{};
  /// T_U of requests on arrival, of late, on the average; 0: nothing known. And the chance that
  /// they would be in time if they were answered at once.
  Duration usual_slack{};
  double usual_chance = 1;
  /// How many clients there seem to be who wait for their answer before they ask again; infinity:
  /// requests come whatever is answered (src/engine/client_count.h).
  double clients = std::numeric_limits<double>::infinity();
  /// How many more than usual are expected at once, >= 0: requests come in bursts, and one is under
  /// way (src/engine/burst_size.h).
  double burst = 0;
  /// Recent ones, >= 0, without those put behind others because nothing could be in time.
  double arrivals_per_second = 0;
  /// All of them, as it was when the current period of 10 s began, for policies that make one plan
  /// for a period; in the first period as it is.
  double period_arrivals_per_second = 0;
  /// Executions take this many times the profiled mean of late, all models together, and the
  /// deviation of that (src/engine/slowdown_filter.h); the defaults: nothing seen yet.
  double slowdown_mean = 1;
  double slowdown_deviation = 0.31622776601683794;
};

/// The client's own network, which it runs whatever this server answers, or when told to.
struct DeviceView {
  double accuracy = 0;      ///< A_d, fraction in [0, 1]
  Duration mean{};          ///< of one execution there, > 0
  Duration deviation{};     ///< >= 0
  bool duplicates = false;  ///< it will answer in time, if it can, without being told to
};

struct SelectionInput {
  std::span<const Candidate> candidates;  ///< at least one; order matters only between exact ties
  Budget budget;
  Duration sla{};  ///< T_sla as promised, for policies that know nothing else
  /// Equally likely values of T_output for this request, ascending; empty: the one estimate that
  /// the budget has already taken off is all that is known.
  std::span<const Duration> way_back;
  /// T_output as the budget took it off: soft + output is the time until the answer must be on the
  /// device.
  Duration output{};
  /// Since the request was received: soft + waited is what the network alone has left of the SLA.
  Duration waited{};
  LoadView load;
  std::optional<DeviceView> device;  ///< nothing: the client has no network of its own
};

enum class Reason {
  kFastestFallback,  ///< nothing fits the budget: the model with the smallest mean, best effort
  kBaseOnly,         ///< the base model: the rule explores nothing, or nothing else was eligible
  kExplored,         ///< drawn among several
  kFixed,            ///< the policy's rule names one model whatever the budget
  kUseDevice,        ///< the client's own network does better: run nothing here
};

/// "fastest-fallback", "base-only", "explored", "fixed", "use-device": as on the wire.
std::string_view to_string(Reason reason);

struct Selection {
  std::size_t chosen = 0;  ///< index into SelectionInput::candidates
  std::size_t base = 0;  ///< the base model of stage 1; equal to `chosen` for policies without one
  Reason reason = Reason::kFastestFallback;
  /// This request is not worth a worker while others wait: it is put behind them, and chosen for
  /// again when nobody else is left.
  bool others_first = false;
};

class Selector {
 public:
  Selector() = default;
  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;
  virtual ~Selector() = default;

  /// The policy's name as users type it: "cnnselect", "static-greedy", ...
  virtual std::string_view name() const = 0;

  /// Whether the rule uses Candidate::times and SelectionInput::way_back. Who does not need not be
  /// given them.
  virtual bool reads_distributions() const { return false; }

  /// Whether the rule itself says, by Selection::others_first, who is too late to take its turn;
  /// for other rules a server may say so, by mean times.
  virtual bool puts_behind() const { return false; }

  /// Chooses. `probability` has one place per candidate and receives each one's chance of having
  /// been drawn: finite, >= 0, sum 1. Allocates nothing, but where a policy says otherwise.
  virtual Selection select(const SelectionInput& input, Rng& rng,
                           std::span<double> probability) const = 0;
};

}  // namespace cnnselect
