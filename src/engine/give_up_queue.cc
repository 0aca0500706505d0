#include "engine/give_up_queue.h"

namespace cnnselect {

void GiveUpQueue::add(RequestId id, std::span<const ModelId> candidates, TimePoint deadline) {
  auto queue = queues_.find(candidates);
  if (queue == queues_.end()) {
    queue = queues_
                .emplace(std::vector(candidates.begin(), candidates.end()),
                         std::set<std::pair<TimePoint, RequestId>>())
                .first;
  }
  queue->second.emplace(deadline, id);
}

void GiveUpQueue::remove(RequestId id, std::span<const ModelId> candidates, TimePoint deadline) {
  const auto queue = queues_.find(candidates);
  if (queue == queues_.end()) return;
  queue->second.erase({deadline, id});
  if (queue->second.empty()) queues_.erase(queue);
}

}  // namespace cnnselect
