#include "engine/queue.h"

namespace cnnselect {

bool EdfQueue::push(RequestId id, TimePoint deadline, std::uint32_t priority) {
  if (order_.size() >= bound_) return false;
  const Key key{.priority = priority, .deadline = deadline, .id = id};
  order_.insert(key);
  keys_.emplace(id, key);
  return true;
}

std::optional<RequestId> EdfQueue::pop() {
  if (order_.empty()) return std::nullopt;
  const RequestId id = order_.begin()->id;
  order_.erase(order_.begin());
  keys_.erase(id);
  return id;
}

std::optional<RequestId> EdfQueue::front() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->id;
}

std::optional<RequestId> EdfQueue::front_of_last() const {
  if (order_.empty()) return std::nullopt;
  const Key first{.priority = order_.rbegin()->priority, .deadline = TimePoint::min(), .id = {}};
  return order_.lower_bound(first)->id;
}

bool EdfQueue::erase(RequestId id) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return false;
  order_.erase(found->second);
  keys_.erase(found);
  return true;
}

}  // namespace cnnselect
