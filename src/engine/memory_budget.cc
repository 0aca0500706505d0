#include "engine/memory_budget.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/low_priority.h"

namespace cnnselect {
namespace {

bool is_there(Residency::State state) {
  return state == Residency::State::kLoaded || state == Residency::State::kLeaving;
}

std::vector<ModelId> fastest_first(const std::vector<ModelCost>& costs) {
  std::vector<ModelId> order;
  for (std::uint32_t i = 0; i < costs.size(); ++i) order.push_back(ModelId{i});
  std::ranges::sort(order, {}, [&](ModelId id) { return std::pair(costs[id.value].mean, id); });
  return order;
}

}  // namespace

MemoryBudget::MemoryBudget(const std::vector<ModelCost>& costs, Options options, Clock& clock,
                           Actions actions)
    : clock_(clock),
      actions_(std::move(actions)),
      fastest_first_(fastest_first(costs)),
      residency_(costs, options.workers, options.bytes) {
  {
    const MutexLock lock(mutex_);
    standings_.resize(costs.size());
    publish();
  }
  loader_ = std::jthread([this] { work(); });
}

MemoryBudget::~MemoryBudget() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  loader_.join();
}

Status MemoryBudget::fill() {
  for (const ModelId id : fastest_first_) {
    {
      const MutexLock lock(mutex_);
      if (!residency_.has_room(id)) continue;
      (void)residency_.begin(id, clock_.now());
      publish();
    }
    if (const Status loaded = perform(id); !loaded) return loaded;
  }
  return {};
}

Status MemoryBudget::use(ModelId id) {
  Gone gone;
  {
    const MutexLock lock(mutex_);
    bool mine = false;     // the load
    bool in_line = false;  // for room
    while (true) {
      if (is_there(residency_.state(id))) {
        if (in_line || wait_for_room_ == 0) break;
      } else if (residency_.state(id) == Residency::State::kAbsent) {
        if (auto load = residency_.begin(id, clock_.now())) {
          publish();
          mine = true;
          gone = take_out(*load);
          break;
        }
        if (!in_line) ++wait_for_room_;
        in_line = true;
      }
      changed_.wait(mutex_);
    }
    residency_.pin(id);
    if (in_line) {
      --wait_for_room_;
      changed_.notify_all();
    }
    if (!mine) return {};
  }
  gone.clear();
  const Status loaded = perform(id);
  if (!loaded) release(id);
  return loaded;
}

void MemoryBudget::release(ModelId id) {
  Gone surplus;
  {
    const MutexLock lock(mutex_);
    residency_.unpin(id);
    surplus = take_surplus();
    look_for_work();
  }
  changed_.notify_all();
}

void MemoryBudget::changed(ModelId id, const ModelCost& cost) {
  Gone surplus;
  {
    const MutexLock lock(mutex_);
    residency_.set_cost(id, cost);
    surplus = take_surplus();
    publish();
  }
  changed_.notify_all();
}

void MemoryBudget::wished(ModelId id) {
  const MutexLock lock(mutex_);
  residency_.wished(id, clock_.now());
  look_for_work();
}

Duration MemoryBudget::cold_start(ModelId id, TimePoint now) const {
  const MutexLock lock(standings_mutex_);
  return Residency::cold_start(standings_[id.value], now);
}

void MemoryBudget::publish() {
  if (published_ == residency_.revision()) return;
  published_ = residency_.revision();
  const MutexLock lock(standings_mutex_);
  for (std::uint32_t i = 0; i < standings_.size(); ++i) {
    standings_[i] = residency_.standing(ModelId{i});
  }
}

bool MemoryBudget::loaded(ModelId id) const {
  const MutexLock lock(mutex_);
  return is_there(residency_.state(id));
}

MemoryBudget::Counts MemoryBudget::counts() const {
  const MutexLock lock(mutex_);
  Counts counts = counts_;
  counts.used = residency_.used();
  return counts;
}

MemoryBudget::Gone MemoryBudget::take_out(const Residency::Load& load) {
  Gone gone;
  for (const ModelId id : load.evicted) gone.push_back(actions_.unload(id));
  counts_.evictions += load.evicted.size();
  return gone;
}

Status MemoryBudget::perform(ModelId id) {
  const Status loaded = actions_.load(id);
  {
    const MutexLock lock(mutex_);
    if (loaded) {
      residency_.loaded(id);
      ++counts_.loads;
    } else {
      residency_.failed(id, clock_.now());
    }
    publish();
  }
  changed_.notify_all();
  return loaded;
}

MemoryBudget::Gone MemoryBudget::take_surplus() {
  Gone gone;
  while (const auto id = residency_.evict_surplus(clock_.now())) {
    gone.push_back(actions_.unload(*id));
    ++counts_.evictions;
  }
  publish();
  return gone;
}

void MemoryBudget::look_for_work() {
  if (next_ || stopping_) return;
  begin_planned();
  if (next_ || !residency_.is_to_look(clock_.now())) return;
  to_look_ = true;
  work_.notify_one();
}

void MemoryBudget::begin_planned() {
  const auto load = residency_.begin_planned(clock_.now());
  publish();
  if (!load) return;
  gone_ = take_out(*load);
  next_ = load->model;
  work_.notify_one();
}

void MemoryBudget::look() {
  const auto [copy, now] = [&] {
    const MutexLock lock(mutex_);
    return std::pair(residency_, clock_.now());
  }();
  auto load = copy.best(now);
  if (!load) return;
  const MutexLock lock(mutex_);
  residency_.plan(*std::move(load), copy.revision(), now);
  if (!next_ && !stopping_) begin_planned();
}

void MemoryBudget::work() {
  lower_own_priority();
  while (true) {
    Gone gone;
    std::optional<ModelId> id;
    {
      const MutexLock lock(mutex_);
      while (!next_ && !to_look_ && !stopping_) work_.wait(mutex_);
      if (!next_ && stopping_) return;
      to_look_ = false;
      id = std::exchange(next_, std::nullopt);
      gone.swap(gone_);
    }
    gone.clear();
    if (!id) {
      look();
    } else if (const Status loaded = perform(*id); !loaded) {
      spdlog::error("cannot be loaded in the background: {}", loaded.error().message);
    }
  }
}

}  // namespace cnnselect
