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
#include <variant>
#include <vector>

#include "cnnselect/ids.h"
#include "cnnselect/profile.h"
#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/selector.h"
#include "engine/arrival_rate.h"
#include "engine/burst_size.h"
#include "engine/client_count.h"
#include "engine/impatient.h"
#include "engine/queue.h"
#include "engine/request_terms.h"
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

/// A request as far as scheduling goes.
struct ScheduledRequest {
  RequestId id;                     ///< never used before
  std::vector<ModelId> candidates;  ///< at least one
  RequestTerms terms;               ///< with a policy
};

/// Run `request` on `model` now, and report its end to Scheduler::finished().
struct Start {
  RequestId request;
  ModelId model;
  Reason reason = Reason::kFixed;  ///< not kUseDevice
  double probability = 1;
  Budget budget;      ///< at the decision
  Duration queued{};  ///< from admit() to the decision
  /// What its policy would have chosen if every model were in memory, but for kUseDevice.
  std::optional<ModelId> wished = std::nullopt;
};

/// `request` is over without a run: its client is to be told why.
struct GivenUp {
  RequestId request;
  ErrorCode why = ErrorCode::kTooLate;  ///< or kTimedOut or kUseDevice
  Budget budget;                        ///< now
  Duration queued{};                    ///< since admit()
  /// The mean time of its fastest model, where that would be late; nothing where its policy chose
  /// the client's device, or its timeout expired.
  std::optional<Duration> fastest = std::nullopt;
  bool crowded_out = false;  ///< it would be answered late, but too many wait for that
};

/// What is to be done next, about any one of those who wait.
using NextStep = std::variant<Start, GivenUp>;

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
  /// Who runs next, or ends; nothing while no worker is free or nobody waits.
  std::optional<NextStep> next(TimePoint now, const ModelProfiles& profiles);
  /// A waiting request whose timeout has expired, or that is to be given up; nothing when there is
  /// none. For when time has passed but no worker is free; next() ends whom it meets.
  std::optional<GivenUp> give_up(TimePoint now, const ModelProfiles& profiles);
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

  /// A policy's choice before anything is done about it.
  struct Choice {
    Start start;
    Duration profiled{};  ///< the chosen model's time when it was loaded
    Duration expected{};  ///< its mean time now
    Duration fastest{};   ///< mean time of the fastest model, in memory or not
    bool others_first = false;
  };

  /// Its end, when it has waited too long or is to be given up now.
  std::optional<GivenUp> over(const Admitted& waiting, TimePoint now,
                              const ModelProfiles& profiles) const;
  /// How it would be given up, when even its fastest model, of mean time `fastest`, would be late.
  static std::optional<GivenUp> hopeless(const Admitted& waiting, TimePoint now, Duration fastest);
  /// Takes a request that is over out of the books.
  GivenUp end(const GivenUp& ended, TimePoint now);
  /// The room behind is full: ends who has been late there for longest, or `newcomer`, which waits
  /// nowhere.
  GivenUp crowd_out(GivenUp newcomer, TimePoint now, const ModelProfiles& profiles);
  /// Takes it out of the queues; false when it was in none.
  bool stop_waiting(const ScheduledRequest& request);
  Choice choose(const Admitted& head, TimePoint now, const ModelProfiles& profiles);
  /// By the policy, among candidates_, whose probabilities go to probability_.
  Selection ask(const Admitted& head, const Budget& budget, TimePoint now, Rng& rng);
  /// Adds the cold starts to the candidates' times. Leaves models out that cannot be loaded, unless
  /// none can. Leaves cold ones out that cannot be there within the budget, unless all are cold:
  /// only models that can be had price a worker's time. Says whether any model was cold.
  bool count_cold_starts(const Budget& budget);
  void snapshot(const ScheduledRequest& request, TimePoint now, const ModelProfiles& profiles);
  /// Takes it into the books, or out of them where the policy chose the client's device.
  NextStep begin(const Choice& choice, TimePoint now);
  LoadView load_at(TimePoint now) const;

  const std::size_t workers_;
  EdfQueue queue_;
  EdfQueue behind_;      ///< those who let others go first
  Impatient impatient_;  ///< those in either queue that may be given up
  EdfQueue expiring_;    ///< those in either queue that have a timeout, by when it expires
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
