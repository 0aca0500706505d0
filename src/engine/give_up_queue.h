// GiveUpQueue: waiting requests that end once even their fastest model would be late. They are
// ordered by their last moment: the deadline, less the mean time of that model. Requests with the
// same candidates have the same fastest model, whatever that is at the time. So there is one queue
// by deadline for each set of candidates. A value without locks: its owner guards it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "cnnselect/ids.h"
#include "cnnselect/time.h"

namespace cnnselect {

class GiveUpQueue {
 public:
  /// `id` must not be in the queue. O(log n).
  void add(RequestId id, std::span<const ModelId> candidates, TimePoint deadline);
  /// To be called with the same candidates and deadline as add(). Does nothing if `id` is not in
  /// the queue. O(log n).
  void remove(RequestId id, std::span<const ModelId> candidates, TimePoint deadline);

  /// The request with the first last moment; nothing if there is none. `fastest` gives the mean
  /// time of the fastest of some candidates. It is asked once for each set of candidates.
  template <class Fastest>
  std::optional<RequestId> first(const Fastest& fastest) const {
    std::optional<RequestId> first;
    TimePoint when = TimePoint::max();
    for (const auto& [candidates, waiting] : queues_) {
      const auto& [deadline, id] = *waiting.begin();
      const TimePoint last_moment = deadline - fastest(std::span(candidates));
      if (first && last_moment >= when) continue;
      first = id;
      when = last_moment;
    }
    return first;
  }

 private:
  struct Before {
    using is_transparent = void;
    bool operator()(std::span<const ModelId> a, std::span<const ModelId> b) const {
      return std::ranges::lexicographical_compare(a, b);
    }
  };

  std::map<std::vector<ModelId>, std::set<std::pair<TimePoint, RequestId>>, Before> queues_;
};

}  // namespace cnnselect
