// FakeCollector: a collector that answers as the test says and keeps what it was sent. As the
// contract wants it, a post that hangs ends when it is abandoned. And KeptSpans, a sink that keeps.
// Both thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "spans/span_collector.h"
#include "spans/span_sink.h"

namespace cnnselect {

/// What the test and the collector, which the exporter owns, both hold.
class CollectorScript {
 public:
  /// The next post that has no answer yet gets this one; without any it is taken (200).
  void answer(PostOutcome outcome) {
    const MutexLock lock(mutex_);
    answers_.push_back(std::move(outcome));
  }
  /// From now on posts hang, until they are let go or abandoned.
  void hang(bool hangs) {
    const MutexLock lock(mutex_);
    hangs_ = hangs;
    changed_.notify_all();
  }
  /// False when so many posts have not begun within five seconds.
  bool wait_for_posts(std::size_t count) {
    const TimePoint until = RealClock().now() + std::chrono::seconds(5);
    const MutexLock lock(mutex_);
    while (bodies_.size() < count) {
      if (!changed_.wait_until(mutex_, until)) return bodies_.size() >= count;
    }
    return true;
  }
  std::vector<std::string> bodies() const {
    const MutexLock lock(mutex_);
    return bodies_;
  }

  PostOutcome post(std::string_view body, const std::function<bool()>& abandon) {
    const MutexLock lock(mutex_);
    bodies_.emplace_back(body);
    changed_.notify_all();
    while (hangs_) {
      if (abandon()) return {.error = "abandoned"};
      changed_.wait_until(mutex_, RealClock().now() + std::chrono::milliseconds(1));
    }
    if (answers_.empty()) return {.status = 200, .body = "{}"};
    PostOutcome outcome = std::move(answers_.front());
    answers_.pop_front();
    return outcome;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  bool hangs_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::deque<PostOutcome> answers_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<std::string> bodies_ CNNSELECT_GUARDED_BY(mutex_);
};

class FakeCollector final : public SpanCollector {
 public:
  explicit FakeCollector(std::shared_ptr<CollectorScript> script) : script_(std::move(script)) {}
  PostOutcome post(std::string_view body, Duration /*timeout*/,
                   const std::function<bool()>& abandon) override {
    return script_->post(body, abandon);
  }

 private:
  const std::shared_ptr<CollectorScript> script_;
};

class KeptSpans final : public SpanSink {
 public:
  explicit KeptSpans(std::shared_ptr<std::vector<std::vector<Span>>> kept)
      : kept_(std::move(kept)) {}
  void add(std::vector<Span> spans) override {
    const MutexLock lock(mutex_);
    kept_->push_back(std::move(spans));
  }
  SpanCounts counts() const override {
    const MutexLock lock(mutex_);
    return {.exported = kept_->size()};
  }

 private:
  mutable Mutex mutex_;
  const std::shared_ptr<std::vector<std::vector<Span>>> kept_;
};

}  // namespace cnnselect
