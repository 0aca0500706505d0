// Selector: which model answers this request. The heart of cnnselect.
//
// A policy is a pure function of a snapshot (candidates, budget) and an Rng. It has no clock, lock,
// log or I/O inside. So the server and the simulator share it unchanged. Selectors have no state.
// Many threads may call one at once, each with its own Rng and output span.
//
// A policy always answers: for one or more candidates and any budget, also a negative or infinite
// one. docs/write-a-policy.md has an example.
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

/// What is left of a request's SLA for waiting and inference (src/budget/budget.h).
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
  /// Equally likely times of one execution, ascending. Empty: only mu and sigma are known.
  std::span<const Duration> times;
  Duration profiled{};      ///< the mean when the model was loaded; 0: the same as `mean`
  std::size_t running = 0;  ///< executions of this model that are under way now
  /// Time until the model is in memory. 0: it is there. kForever: it cannot be loaded now. The
  /// caller of a policy adds it to the times above, or leaves the model out. So no rule looks at
  /// it.
  Duration cold_start{};
};

/// The mean time that was measured when the model was loaded.
inline Duration as_loaded(const Candidate& model) {
  return model.profiled > Duration::zero() ? model.profiled : model.mean;
}

/// How busy the server is at the decision. For policies that put a price on a worker's time.
struct LoadView {
  std::size_t waiting = 0;  ///< requests in the main queue, without this one
  std::size_t workers = 0;  ///< 0: no limit, nobody ever waits
  /// Time that the executions under way still take, all together, by their models' mean times.
  Duration running_work{};
  /// Mean T_U of recent requests on arrival; 0: nothing is known. And the chance that they would be
  /// in time if they were answered at once.
  Duration usual_slack{};
  double usual_chance = 1;
  /// Estimated number of clients that wait for their answer before they ask again. Infinity:
  /// requests come whatever is answered (src/engine/client_count.h).
  double clients = std::numeric_limits<double>::infinity();
  /// How many more requests than usual are expected at once, >= 0. Above 0 while a burst is under
  /// way (src/engine/burst_size.h).
  double burst = 0;
  /// Recent arrivals, >= 0. Without those that went to the second queue since nothing could be in
  /// time.
  double arrivals_per_second = 0;
  /// All arrivals, as the rate was when the current period of 10 s began; in the first period as it
  /// is. For policies that make one plan for a period.
  double period_arrivals_per_second = 0;
  /// Recent executions take this many times their profiled mean, over all models; and the deviation
  /// of that (src/engine/slowdown_filter.h). The defaults mean: nothing seen yet.
  double slowdown_mean = 1;
  double slowdown_deviation = 0.31622776601683794;
};

/// The client's own network. It runs whatever this server answers, or only when told to.
struct DeviceView {
  double accuracy = 0;      ///< A_d, fraction in [0, 1]
  Duration mean{};          ///< of one execution there, > 0
  Duration deviation{};     ///< >= 0
  bool duplicates = false;  ///< it runs without being told, and answers in time if it can
};

struct SelectionInput {
  std::span<const Candidate> candidates;  ///< at least one; order matters only between exact ties
  Budget budget;
  Duration sla{};  ///< the SLA itself, for policies that know nothing else
  /// Equally likely values of T_output for this request, ascending. Empty: only one estimate is
  /// known, the one that the budget has already taken off.
  std::span<const Duration> way_back;
  /// T_output as the budget took it off. So soft + output is the time until the answer must be on
  /// the device.
  Duration output{};
  /// Time since the request was received. So soft + waited is what the network leaves of the SLA.
  Duration waited{};
  LoadView load;
  std::optional<DeviceView> device;  ///< nothing: the client has no network of its own
};

enum class Reason {
  kFastestFallback,  ///< nothing fits the budget; the model with the smallest mean, best effort
  kBaseOnly,         ///< the base model; the rule explores nothing, or nothing else was eligible
  kExplored,         ///< drawn among several
  kFixed,            ///< the policy's rule names one model whatever the budget
  kUseDevice,        ///< the client's own network does better; run nothing here
};

/// "fastest-fallback", "base-only", "explored", "fixed", "use-device": as on the wire.
constexpr std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kFastestFallback:
      return "fastest-fallback";
    case Reason::kBaseOnly:
      return "base-only";
    case Reason::kExplored:
      return "explored";
    case Reason::kFixed:
      return "fixed";
    case Reason::kUseDevice:
      return "use-device";
  }
  return "unknown";
}

struct Selection {
  std::size_t chosen = 0;  ///< index into SelectionInput::candidates
  std::size_t base = 0;  ///< the base model of stage 1; equal to `chosen` for policies without one
  Reason reason = Reason::kFastestFallback;
  /// This request is not worth a worker while others wait. It goes to the second queue, and is
  /// chosen for again when nobody else waits.
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

  /// Whether the rule uses Candidate::times and SelectionInput::way_back. If not, it is not given
  /// them.
  virtual bool reads_distributions() const { return false; }

  /// Whether the rule itself says, by Selection::others_first, which requests are too late to take
  /// their turn. For other rules the server may decide that, by mean times.
  virtual bool puts_behind() const { return false; }

  /// Chooses. `probability` has one place per candidate. It receives the chance that the candidate
  /// was drawn: finite, >= 0, sum 1. Allocates nothing, unless a policy says otherwise.
  virtual Selection select(const SelectionInput& input, Rng& rng,
                           std::span<double> probability) const = 0;
};

}  // namespace cnnselect
