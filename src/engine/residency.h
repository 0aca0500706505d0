// Residency: which models are in memory. Decides purely, like the scheduler: events and `now` go
// in, loads and evictions come out. The caller performs them, with threads or in simulated time,
// and says when they are done. Not thread-safe: its owner guards it.
//
// It goes by wishes. A wish is the model that the request's policy would choose if everything were
// in memory. With a set S in memory, a wish for w is worth the accuracy of the best model of S, of
// w's family, that takes no longer than w. Without such a model the answer would be late, and the
// wish is worth 0. V(S) is the sum over recent wishes. Older wishes weigh less, by a factor of e
// every kMemory. So V(S) is what S will be worth over that time if demand goes on like this.
//
// In the background, a model is worth loading, and others are worth evicting for it, if
//   V(after) - V(before)  >  (V(before) / workers + V(before) - V(during)) x load time / kMemory +
//   noise:
// The right side has three parts: what a worker would have answered while it loads; what is
// answered worse while the old models are gone and the new one is not there; and, if something is
// evicted, two standard deviations of the difference, so that models do not change places by
// chance. Of several such models, the one that gains most per second of its load comes first. To
// make room, the model whose loss per byte is least is evicted, again and again. An evicted model
// leaves: no new request gets it, and the load begins when nobody uses it any more. A model that is
// loading stays.
//
// On demand, a request may wait for a load in two cases: there is room without evicting, or nothing
// of the family is in memory or being loaded. Otherwise requests with different SLAs would take
// turns in evicting each other's models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cnnselect/ids.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// What must be known of a model, whether it is in memory or not. Index = ModelId::value.
struct ModelCost {
  FamilyId family;
  double accuracy = 0;      ///< [0, 1]
  Duration mean{};          ///< of one hot execution, > 0
  Duration cold_start{};    ///< load and first run, >= 0
  std::uint64_t bytes = 0;  ///< in memory
};

class Residency {
 public:
  static constexpr Duration kMemory = std::chrono::minutes(5);
  static constexpr Duration kPause = std::chrono::milliseconds(100);
  /// A model that has not left by then stays.
  static constexpr Duration kPatience = std::chrono::seconds(10);
  static constexpr Duration kRetry = std::chrono::minutes(1);

  enum class State { kAbsent, kLoading, kLoaded, kLeaving };

  /// What a model's cold start depends on, apart from the time.
  struct Standing {
    State state = State::kAbsent;
    bool on_demand = false;
    Duration cold_start{};
    TimePoint begun;       ///< its load, while it is loading
    TimePoint not_before;  ///< not offered until then, since its load failed
  };

  struct Load {
    ModelId model;
    std::vector<ModelId> evicted;  ///< to unload first
  };

  /// Nothing is loaded. `workers` >= 1; `memory` in bytes.
  Residency(const std::vector<ModelCost>& models, std::size_t workers, std::uint64_t memory);

  State state(ModelId id) const { return entries_[id.value].state; }
  /// Bytes of all models that are not absent.
  std::uint64_t used() const { return used_; }

  void wished(ModelId id, TimePoint now);
  /// A pinned model is in use and is not unloaded. Each pin() needs one unpin().
  void pin(ModelId id) { ++entries_[id.value].pins; }
  void unpin(ModelId id) { --entries_[id.value].pins; }

  /// Whether a request may get the model, and wait for its load if it is absent. A request gets a
  /// model that is leaving only if nothing else of its family is there.
  bool on_demand(ModelId id) const;
  /// Whether an absent model fits without evicting.
  bool has_room(ModelId id) const { return used_ + entries_[id.value].cost.bytes <= memory_; }
  Standing standing(ModelId id) const;
  /// As Candidate::cold_start. For a load under way it is what is left of its usual time.
  static Duration cold_start(const Standing& standing, TimePoint now);
  Duration cold_start(ModelId id, TimePoint now) const { return cold_start(standing(id), now); }
  /// Begins an absent model's load for a request, at once. Returns nothing if the models in use
  /// leave no room. A load that waits for room in the background is given up: it was planned for
  /// another state of the memory.
  std::optional<Load> begin(ModelId id, TimePoint now);
  /// Whether it is time to look for a load that is worth it. It is if no load is under way or waits
  /// for room, and the last look was kPause ago. True only once in kPause.
  bool is_to_look(TimePoint now);
  /// The load that should come first in the background, if any is worth it. Costs models^4 in the
  /// worst case. So a caller may ask a copy.
  std::optional<Load> best(TimePoint now) const;
  /// Plans such a load: it begins once its room is free, and the models that it evicts get no new
  /// requests. Does nothing if states or costs have changed since `revision()` was as given.
  void plan(Load load, std::uint64_t revision, TimePoint now);
  /// Begins the planned load, if its room is free now. To be called when a use is over.
  std::optional<Load> begin_planned(TimePoint now);
  /// Looks, plans and begins, all at once.
  std::optional<Load> begin_best(TimePoint now);
  /// Changes with every state and every cost.
  std::uint64_t revision() const { return revision_; }
  /// The model has another file: this is its cost from now on. It may be more than there is room
  /// for; see evict_surplus().
  void set_cost(ModelId id, const ModelCost& cost);
  /// While more is in memory than allowed: the model to unload now. It is not in use, and its loss
  /// per byte is least. Nothing if all fits, or everything is in use.
  std::optional<ModelId> evict_surplus(TimePoint now);
  void loaded(ModelId id);
  /// For kRetry, only requests that name the model try it again.
  void failed(ModelId id, TimePoint now);

 private:
  struct Entry {
    ModelCost cost;
    State state = State::kAbsent;
    std::size_t pins = 0;
    double wishes = 0;  ///< weight of its wishes at `latest`
    TimePoint latest;
    TimePoint begun;                          ///< the load
    TimePoint not_before = TimePoint::min();  ///< not offered until then, since its load failed
  };
  struct Worth {
    double change = 0;  ///< V(after) - V(before)
    double noise = 0;   ///< its standard deviation
    double before = 0;
  };

  double wishes(const Entry& entry, TimePoint now) const;
  /// Accuracy of the model that answers a wish for `wish` if `in` is in memory.
  double answer(const Entry& wish, const std::vector<bool>& in) const;
  double value(const std::vector<bool>& in, TimePoint now) const;
  Worth worth(const std::vector<bool>& before, const std::vector<bool>& after, TimePoint now) const;
  std::vector<bool> in_memory() const;
  /// The loaded model in `in` whose loss per byte is least; nothing if all are in use.
  std::optional<std::size_t> least_worth(std::vector<bool>& in, bool also_in_use,
                                         TimePoint now) const;
  /// The models that leave so that `id` fits; nothing if that is not possible.
  std::optional<std::vector<ModelId>> room_for(ModelId id, bool also_in_use, TimePoint now) const;
  void begin(const Load& load, TimePoint now);
  void set_state(ModelId id, State state);
  /// The models that were to leave stay.
  void give_up_pending();

  std::vector<Entry> entries_;
  const std::size_t workers_;
  const std::uint64_t memory_;
  std::uint64_t used_ = 0;
  std::size_t loading_ = 0;
  std::optional<Load> pending_;  ///< waits until its evicted models have left
  TimePoint pending_until_;
  TimePoint next_look_ = TimePoint::min();
  std::uint64_t revision_ = 0;
};

}  // namespace cnnselect
