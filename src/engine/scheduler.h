// Scheduler: which request runs next, on which model. Decides purely: events and `now` go in,
// actions come out. No clock, lock, thread or log. The Engine performs the actions with threads, a
// simulator in simulated time.
//
// Late binding: a request waits without a model. When a worker is free, the request with the
// earliest deadline gets it. Only then its policy chooses, with the budget that waiting has left.
// Priorities are strict classes above that: a smaller number goes first, however urgent the others
// are.
//
// There are two queues. The second one is served when the main one is empty. A request goes to the
// second queue, whatever its class, by its policy (Selection::others_first), or because it is late
// already and should not make others late (Late::kLast). A request may be given up if even its
// fastest model would be late (Late). A request that has waited longer than its timeout ends,
// whether a worker is free or not.
//
// A model that is not in memory also costs its cold start. If there is such a model, the policy is
// asked twice: what it would choose if all were in memory (the request's wish, residency.h), and
// what it chooses as things are.
//
// Invariant: a request is waiting, running or unknown. Never more requests run than there are
// workers.
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
#include "engine/give_up_queue.h"
#include "engine/queue.h"
#include "engine/request_terms.h"
#include "engine/slowdown_filter.h"
#include "engine/usual_slack.h"

namespace cnnselect {

/// What the scheduler must know of the models. It takes a snapshot at every decision.
class ModelProfiles {
 public:
  ModelProfiles() = default;
  ModelProfiles(const ModelProfiles&) = delete;
  ModelProfiles& operator=(const ModelProfiles&) = delete;
  virtual ~ModelProfiles() = default;

  /// The model as a policy sees it, without `running`, which the scheduler knows. Its `times` may
  /// lie in the caller's `space` of kProfileTimes places. If `space` is empty, no times are needed.
  virtual Candidate candidate(ModelId id, TimePoint now, std::span<Duration> space) const = 0;
};

struct SchedulerOptions {
  int workers = 1;              ///< requests running at a time, >= 1
  std::size_t max_queue = 256;  ///< requests that may wait in each of the two queues
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
  /// The model that its policy would have chosen if all were in memory; nothing for kUseDevice.
  std::optional<ModelId> wished = std::nullopt;
};

/// `request` is over without a run. Tell its client why.
struct GivenUp {
  RequestId request;
  ErrorCode why = ErrorCode::kTooLate;  ///< or kTimedOut or kUseDevice
  Budget budget;                        ///< now
  Duration queued{};                    ///< since admit()
  /// The mean time of its fastest model, if that would be late. Nothing if its policy chose the
  /// client's device, or if its timeout has passed.
  std::optional<Duration> fastest = std::nullopt;
  bool queue_full = false;  ///< it would be answered late, but the second queue is full
};

/// What to do next about one of the waiting requests.
using NextStep = std::variant<Start, GivenUp>;

enum class CancelAction {
  kNone,     ///< unknown: never admitted, or finished
  kRemoved,  ///< was waiting; nothing is left to do
  kStop,     ///< is running; stop it, it still ends with finished()
};

class Scheduler {
 public:
  explicit Scheduler(SchedulerOptions options);

  /// Takes the request in, or refuses it with kUnavailable if the queue is full.
  Status admit(ScheduledRequest request, TimePoint now);
  /// The next request to run, or to end without a run. Nothing while no worker is free or no
  /// request waits.
  std::optional<NextStep> next(TimePoint now, const ModelProfiles& profiles);
  /// A waiting request whose timeout has passed or that must be given up; nothing if there is
  /// none. To be called when time has passed and no worker is free. next() ends such requests
  /// itself when it meets them.
  std::optional<GivenUp> give_up(TimePoint now, const ModelProfiles& profiles);
  /// When to call give_up() again if nothing else happens; TimePoint::max(): never. It is right as
  /// long as the models stay as fast as they are.
  TimePoint gives_up_at(TimePoint now, const ModelProfiles& profiles) const;
  /// A request that next() gave to be run has ended at `now`. Its execution took `took`, or failed
  /// (nothing). To be called once for each.
  void finished(RequestId id, std::optional<Duration> took, TimePoint now);
  CancelAction cancel(RequestId id);
  /// Takes all waiting requests out, in the order of next(); those of the second queue come last.
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

  /// Its end, if it has waited too long or is to be given up now.
  std::optional<GivenUp> over(const Admitted& waiting, TimePoint now,
                              const ModelProfiles& profiles) const;
  /// Its end, if even its fastest model, of mean time `fastest`, would be late.
  static std::optional<GivenUp> end_if_late(const Admitted& waiting, TimePoint now,
                                            Duration fastest);
  /// Takes a request that is over out of the books.
  GivenUp end(const GivenUp& ended, TimePoint now);
  /// The second queue is full: ends the request that has been late there for longest, or
  /// `newcomer`, which waits nowhere.
  GivenUp make_room(GivenUp newcomer, TimePoint now, const ModelProfiles& profiles);
  /// Takes it out of the queues; false if it was in none.
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
  EdfQueue behind_;              ///< the second queue
  GiveUpQueue may_be_given_up_;  ///< requests of either queue
  EdfQueue timeouts_;  ///< requests of either queue that have a timeout, by when it passes
  ArrivalRate arrivals_;
  /// Arrivals that went to the second queue or were given up, since nothing could be in time.
  ArrivalRate late_arrivals_;
  SlowdownFilter slowdown_;
  UsualSlack slack_;
  ClientCount clients_;
  BurstSize bursts_;
  /// Sum of the expected ends of running requests, since the clock's epoch.
  Duration expected_ends_{};
  /// All waiting and running requests. The waiting ones are also in one of the queues.
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
