// Handlers and a clock for tests of the server.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/http_message.h"

namespace cnnselect {

/// Nothing in a test waits longer for another thread.
inline TimePoint patience() { return RealClock().now() + std::chrono::seconds(5); }

/// Answers every request on the spot: "<method> <path> <bytes of body>".
class EchoHandler final : public HttpHandler {
 public:
  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    exchange->respond(
        {200, {}, request.method + " " + request.path + " " + std::to_string(request.body.size())});
  }
};

/// Keeps every request until the test takes it.
class HoldingHandler final : public HttpHandler {
 public:
  struct Held {
    HttpRequest request;
    std::shared_ptr<HttpExchange> exchange;
  };

  void handle(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override {
    const MutexLock lock(mutex_);
    held_.push_back({std::move(request), std::move(exchange)});
    arrived_.notify_all();
  }
  /// The oldest; an empty one when none came in time.
  Held take() {
    const TimePoint until = patience();
    const MutexLock lock(mutex_);
    while (held_.empty()) {
      if (!arrived_.wait_until(mutex_, until)) return {};
    }
    Held oldest = std::move(held_.front());
    held_.pop_front();
    return oldest;
  }

 private:
  Mutex mutex_;
  CondVar arrived_;
  std::deque<Held> held_ CNNSELECT_GUARDED_BY(mutex_);
};

/// Something another thread does once or more, and a test waits for.
class Signal {
 public:
  void raise() {
    const MutexLock lock(mutex_);
    ++count_;
    raised_.notify_all();
  }
  bool wait_for(int count) {
    const TimePoint until = patience();
    const MutexLock lock(mutex_);
    while (count_ < count) {
      if (!raised_.wait_until(mutex_, until)) return false;
    }
    return true;
  }
  int count() {
    const MutexLock lock(mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar raised_;
  int count_ CNNSELECT_GUARDED_BY(mutex_) = 0;
};

/// A simulated clock that tells when the server has read it: once for every piece that came in.
class WatchedClock final : public Clock {
 public:
  TimePoint now() const override {
    const TimePoint time = clock_.now();
    reads_.raise();
    return time;
  }
  void sleep_until(TimePoint when) override { clock_.sleep_until(when); }
  void advance(Duration step) { clock_.advance(step); }
  bool wait_for_reads(int count) { return reads_.wait_for(count); }

 private:
  SimulatedClock clock_;
  mutable Signal reads_;
};

}  // namespace cnnselect
