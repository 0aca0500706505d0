#include "engine/queue.h"

namespace cnnselect {

bool EdfQueue::push(RequestId id, TimePoint deadline) {
  if (order_.size() >= bound_) return false;
  order_.insert({deadline, id});
  deadlines_.emplace(id, deadline);
  return true;
}

std::optional<RequestId> EdfQueue::pop() {
  if (order_.empty()) return std::nullopt;
  const RequestId id = order_.begin()->id;
  order_.erase(order_.begin());
  deadlines_.erase(id);
  return id;
}

std::optional<RequestId> EdfQueue::front() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->id;
}

bool EdfQueue::erase(RequestId id) {
  const auto found = deadlines_.find(id);
  if (found == deadlines_.end()) return false;
  order_.erase({found->second, id});
  deadlines_.erase(found);
  return true;
}

}  // namespace cnnselect
