// Scheduler: who runs next, on which model. Decides purely: events and `now` in, actions out; no
// clock, lock, thread or log. The Engine performs its actions with threads, a simulator in
// simulated time.
//
// Late binding: a request waits without a model; the one with the earliest deadline gets a worker
// when one is free, and only then its policy chooses, with the budget that waiting has left.
// Priorities are strict classes above that: who has a smaller number goes first, however urgent the
// others are. A request may be put behind all others, also those of lower classes, by its policy
// (Selection::others_first) or because it is late already (Late::kLast) and should not make others
// late. It may be given up when even its fastest model would be late (Late), and one that has
// waited longer than it wanted to ends (timeout), whether a worker is free or not.
//
// A model that is not in memory costs its cold start too. Where there is such a one the policy is
// asked twice: what it would choose if all were in memory, the request's wish (residency.h), and
// what it chooses as it is.
// Invariant: a request is waiting, running or unknown; running ones never exceed the workers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "budget/budget.h"
#include "cnnselect/ids.h"
#include "cnnselect/profile.h"
#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/selector.h"
#include "engine/arrival_rate.h"
#include "engine/burst_size.h"
#include "engine/client_count.h"
#include "engine/queue.h"
#include "engine/slowdown_filter.h"
#include "engine/usual_slack.h"

namespace cnnselect {

/// What the scheduler must know of the models; a snapshot is taken at every decision.
class ModelProfiles {
 public:
  ModelProfiles() = default;
  ModelProfiles(const ModelProfiles&) = delete;
  ModelProfiles& operator=(const ModelProfiles&) = delete;
  virtual ~ModelProfiles() = default;

  /// The model as a policy sees it, but for `running`, which the scheduler knows. Its `times` may
  /// lie in `space`, the caller's, of kProfileTimes places; none are needed where that is empty.
  virtual Candidate candidate(ModelId id, TimePoint now, std::span<Duration> space) const = 0;
};

struct SchedulerOptions {
  int workers = 1;              ///< requests running at a time, >= 1
  std::size_t max_queue = 256;  ///< requests waiting at a time, and as many put behind them
  std::uint64_t seed = 1;       ///< of the draws
};

/// What becomes of a request whose budget T_U is less than the mean time of its fastest model.
enum class Late {
  kAnswer,  ///< its policy chooses all the same: in the paper the fastest model, best effort
  /// The same, but after all who can be in time, if its policy does not say itself who that is
  /// (Selector::puts_behind). Where as many wait there already as may, one of the last priority
  /// that has been late for longest is given up.
  kLast,
  kReject,  ///< it is given up
  kDevice,  ///< it is given up where the client has a network of its own; else as kLast
};

/// A request as far as scheduling goes.
struct ScheduledRequest {
  RequestId id;                     ///< never used before
  std::vector<ModelId> candidates;  ///< at least one
  RequestTiming timing;
  Duration threshold{};
  const Selector* policy = nullptr;  ///< not null, outlives the request
  std::vector<Duration> way_back;    ///< as in SelectionInput; may be empty
  std::optional<DeviceView> device = std::nullopt;
  Late late = Late::kAnswer;
  std::uint32_t priority = 1;   ///< its class: 1 goes first, larger ones after all smaller ones
  Duration timeout = kForever;  ///< how long it may wait, from admit() on; >= 0
};

/// Run `request` on `model` now. Where runs_nothing(reason) the request is over instead: its client
/// is to be told, and nothing is to be reported to finished().
struct Start {
  RequestId request;
  ModelId model;
  Reason reason = Reason::kFixed;
  double probability = 1;
  Budget budget;             ///< at the decision
  Duration queued{};         ///< from admit() to the decision
  Duration fastest{};        ///< the fastest model's mean time, where that was too late
  bool crowded_out = false;  ///< it would be answered late, but too many wait for that
  /// What its policy would have chosen if every model were in memory, but for runs_nothing().
  std::optional<ModelId> wished = std::nullopt;
};

enum class CancelAction {
  kNone,     ///< unknown: never admitted, or finished
  kRemoved,  ///< was waiting; nothing is left to do
  kStop,     ///< is running: stop it; it still ends with finished()
};

class Scheduler {
 public:
  explicit Scheduler(SchedulerOptions options);

  /// Takes the request in, or refuses it with kUnavailable when the queue is full.
  Status admit(ScheduledRequest request, TimePoint now);
  /// The next thing to run; nothing while no worker is free or nobody waits. Allocates nothing in
  /// the long run.
  std::optional<Start> next(TimePoint now, const ModelProfiles& profiles);
  /// The next waiting request whose timeout has expired, or that is to be given up, most urgent
  /// first; nothing when there is none. For when time has passed but no worker is free; next() ends
  /// whom it meets.
  std::optional<Start> give_up(TimePoint now, const ModelProfiles& profiles);
  /// When give_up() should be called again, if nothing else happens: right while models are equally
  /// fast for all; TimePoint::max() for never.
  TimePoint gives_up_at(TimePoint now, const ModelProfiles& profiles) const;
  /// A request given by next() to be run, and not reported here before, has ended at `now`: its
  /// execution took `took`, or failed.
  void finished(RequestId id, std::optional<Duration> took, TimePoint now);
  CancelAction cancel(RequestId id);
  /// Takes everybody who waits out, in the order of next(), those put behind the others last.
  std::vector<RequestId> remove_waiting();

  std::size_t waiting() const { return queue_.size() + behind_.size(); }
  std::size_t running() const { return requests_.size() - waiting(); }

 private:
  struct Admitted {
    ScheduledRequest request;
    TimePoint since;
    // Once it runs:
    ModelId model;
    Duration profiled{};
    TimePoint expected_end;  // by its model's mean time
  };

  /// A decision before anything is done about it.
  struct Choice {
    Start start;
    Duration profiled{};  ///< the chosen model's time when it was loaded
    Duration expected{};  ///< its mean time now
    Duration fastest{};   ///< mean time of the fastest model, in memory or not
    bool others_first = false;
  };

  /// Its end, when it has waited too long or is to be given up now.
  std::optional<Start> over(const Admitted& waiting, TimePoint now,
                            const ModelProfiles& profiles) const;
  /// How it would be given up, when even its fastest model, of mean time `fastest`, would be late.
  static std::optional<Start> hopeless(const Admitted& waiting, TimePoint now, Duration fastest);
  /// Takes a request that is over out of the books.
  Start end(const Start& start, TimePoint now);
  /// The room behind is full: ends who has been late there for longest, or `newcomer`, which waits
  /// nowhere.
  Start crowd_out(Start newcomer, TimePoint now, const ModelProfiles& profiles);
  /// Takes it out of the queues; false when it was in none.
  bool stop_waiting(RequestId id);
  Choice choose(const Admitted& head, TimePoint now, const ModelProfiles& profiles);
  /// By the policy, among candidates_, whose probabilities go to probability_.
  Selection ask(const Admitted& head, const Budget& budget, TimePoint now, Rng& rng);
  /// Takes the cold starts into the candidates' times. Left out is who cannot be loaded, if anybody
  /// can, and who cannot be there within the budget, if anybody is: what a worker's time is worth
  /// goes by the models that there are. Whether there were any cold ones.
  bool count_cold_starts(const Budget& budget);
  void snapshot(const ScheduledRequest& request, TimePoint now, const ModelProfiles& profiles);
  /// Takes it into the books.
  Start begin(const Choice& choice, TimePoint now);
  LoadView load_at(TimePoint now) const;

  const std::size_t workers_;
  EdfQueue queue_;
  EdfQueue behind_;     ///< those who let others go first
  EdfQueue impatient_;  ///< those in either queue that may be given up
  EdfQueue expiring_;   ///< those in either queue that have a timeout, by when it expires
  ArrivalRate arrivals_;
  /// Put behind or given up since nothing could be in time; a part of the arrivals.
  ArrivalRate hopeless_;
  SlowdownFilter slowdown_;
  UsualSlack slack_;
  ClientCount clients_;
  BurstSize bursts_;
  /// Sum of when those who run are expected to end, since the clock's epoch.
  Duration expected_ends_{};
  /// Waiting and running ones alike; the waiting ones are in one of the queues too.
  std::unordered_map<RequestId, Admitted> requests_;
  std::vector<std::size_t> running_;  ///< index = ModelId::value; grows as models are seen
  Rng rng_;
  // Reused at every decision, so that deciding allocates nothing in the long run.
  std::vector<Candidate> candidates_;
  std::vector<Duration> times_;  ///< kProfileTimes for each
  std::vector<std::vector<Duration>> cold_times_;
  std::vector<double> probability_;
};

}  // namespace cnnselect
