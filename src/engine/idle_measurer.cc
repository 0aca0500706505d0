#include "engine/idle_measurer.h"

#include "base/log.h"

namespace cnnselect {

IdleMeasurer::IdleMeasurer(ModelManager& models, std::size_t count, Clock& clock, Duration period)
    : models_(models),
      count_(count),
      clock_(clock),
      measuring_(count, period),
      running_(std::nostopstate),
      counts_(count) {}

IdleMeasurer::~IdleMeasurer() {
  allow(false);
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

void IdleMeasurer::allow(bool allowed) {
  std::stop_source running(std::nostopstate);
  {
    const MutexLock lock(mutex_);
    allowed_ = allowed;
    if (!allowed) running = running_;
  }
  running.request_stop();
  changed_.notify_all();
}

void IdleMeasurer::start() {
  thread_ = std::jthread([this] { work(); });
}

void IdleMeasurer::came() {
  std::stop_source running(std::nostopstate);
  {
    const MutexLock lock(mutex_);
    ++presence_.requests;
    running = running_;
  }
  running.request_stop();  // outside the lock: it calls into the runtime
}

void IdleMeasurer::left() {
  const TimePoint now = clock_.now();
  const MutexLock lock(mutex_);
  if (--presence_.requests == 0) presence_.since = now;
}

void IdleMeasurer::work() {
  while (true) {
    const TimePoint again = measure();
    const MutexLock lock(mutex_);
    while (!allowed_ && !ending_) changed_.wait(mutex_);
    if (ending_) return;
    if (clock_.now() < again) changed_.wait_until(mutex_, again);
    if (ending_) return;
  }
}

TimePoint IdleMeasurer::measure() {
  const std::vector<MeasuredModel> models = look();
  const TimePoint now = clock_.now();
  const std::stop_source stop;
  ModelId id;
  {
    const MutexLock lock(mutex_);
    if (!allowed_) return now;
    const auto next = measuring_.next(models, presence_, now);
    if (!next.model) return next.again;
    id = *next.model;
    running_ = stop;
  }
  run(id, models[id.value], stop);
  return now;
}

void IdleMeasurer::run(ModelId id, const MeasuredModel& model, const std::stop_source& stop) {
  const TimePoint began = clock_.now();
  const auto run = models_.run_in_idle_time(id, stop.get_token());
  const TimePoint now = clock_.now();
  std::vector<Duration> believed;
  {
    const MutexLock lock(mutex_);
    running_ = std::stop_source(std::nostopstate);
    auto end = IdleMeasuring::End::kUndisturbed;
    if (stop.stop_requested()) {
      end = IdleMeasuring::End::kStopped;  // also when it was too late to stop it
    } else if (!run || !undisturbed(*run)) {
      end = IdleMeasuring::End::kDisturbed;
    }
    count(id, end);
    believed = measuring_.ended(id, model, end, run ? run->wall : now - began, now);
  }
  const bool failed = !run && !stop.stop_requested() && run.error().code != ErrorCode::kUnavailable;
  if (failed) spdlog::warn("a measurement in an idle moment: {}", run.error().message);
  if (!believed.empty()) models_.measured(id, believed, model.switches, now);
}

void IdleMeasurer::count(ModelId id, IdleMeasuring::End end) {
  Counts& counts = counts_[id.value];
  switch (end) {
    case IdleMeasuring::End::kUndisturbed:
      ++counts.undisturbed;
      break;
    case IdleMeasuring::End::kDisturbed:
      ++counts.disturbed;
      break;
    case IdleMeasuring::End::kStopped:
      ++counts.stopped;
      break;
  }
}

std::vector<MeasuredModel> IdleMeasurer::look() const {
  std::vector<MeasuredModel> models;
  for (std::uint32_t i = 0; i < count_; ++i) models.push_back(models_.standing(ModelId{i}));
  return models;
}

IdleMeasurer::Counts IdleMeasurer::counts(ModelId id) const {
  const MutexLock lock(mutex_);
  return counts_[id.value];
}

}  // namespace cnnselect
