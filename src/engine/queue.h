// EdfQueue: waiting requests by priority, then by deadline, the earliest first. Of equal deadlines
// the first to come goes first. The bound is exact, and holds for all priorities together. A value
// without locks: its owner guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

#include "cnnselect/ids.h"
#include "cnnselect/time.h"

namespace cnnselect {

class EdfQueue {
 public:
  explicit EdfQueue(std::size_t bound) : bound_(bound) {}

  /// Returns false, and changes nothing, if the bound is reached. `id` must not be in the queue. Of
  /// two priorities the smaller number goes first. O(log n).
  bool push(RequestId id, TimePoint deadline, std::uint32_t priority = 1);
  /// Takes the most urgent request out; nothing if empty. O(log n).
  std::optional<RequestId> pop();
  /// Takes `id` out; false if it is not in the queue. O(log n).
  bool erase(RequestId id);

  /// The most urgent request; nothing if empty.
  std::optional<RequestId> front() const;
  /// The most urgent request of the lowest class (largest number) in the queue; nothing if empty.
  /// O(log n).
  std::optional<RequestId> front_of_last() const;

  bool contains(RequestId id) const { return keys_.contains(id); }
  std::size_t size() const { return order_.size(); }
  bool empty() const { return order_.empty(); }
  std::size_t bound() const { return bound_; }

 private:
  struct Key {
    std::uint32_t priority = 1;
    TimePoint deadline;
    RequestId id;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  std::size_t bound_;
  std::set<Key> order_;
  std::unordered_map<RequestId, Key> keys_;
};

}  // namespace cnnselect
