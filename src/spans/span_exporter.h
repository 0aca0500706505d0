// SpanExporter: sends spans to a collector, in batches, on a thread of its own, so that nobody who
// answers requests ever waits for it. What the collector cannot keep up with is dropped and
// counted. Thread-safe. Destruction sends what is left, within a bound.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "spans/export_plan.h"
#include "spans/otlp_json.h"
#include "spans/span_collector.h"
#include "spans/span_sink.h"

namespace cnnselect {

struct SpanExporterOptions {
  std::size_t max_pending = 8192;  ///< spans that wait; more are dropped
  std::size_t batch = 512;         ///< spans that are sent without waiting for more, >= 1
  Duration period = std::chrono::seconds(1);      ///< for which the first of a batch waits for it
  Duration timeout = std::chrono::seconds(10);    ///< of one post
  Duration last_flush = std::chrono::seconds(3);  ///< for what is left at the end
  RetryOptions retry;
};

class SpanExporter final : public SpanSink {
 public:
  SpanExporter(std::unique_ptr<SpanCollector> collector, SpanResource resource,
               SpanExporterOptions options = {});
  /// Takes `last_flush` at most, and about a second where the collector does not answer.
  ~SpanExporter() override;
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  void add(std::vector<Span> spans) override CNNSELECT_EXCLUDES(mutex_);
  SpanCounts counts() const override CNNSELECT_EXCLUDES(mutex_);

 private:
  void work();
  /// The next batch, once it is full or old enough; empty: the end.
  std::vector<Span> next_batch() CNNSELECT_EXCLUDES(mutex_);
  void send(std::span<const Span> batch) CNNSELECT_EXCLUDES(mutex_);
  void delivered(std::size_t spans, const PostOutcome& outcome) CNNSELECT_EXCLUDES(mutex_);
  void lost(std::size_t spans, const std::string& reason) CNNSELECT_EXCLUDES(mutex_);
  void failed_once() CNNSELECT_EXCLUDES(mutex_);
  void pause(Duration time) CNNSELECT_EXCLUDES(mutex_);
  /// How long may still be spent; without a bound until the end begins.
  Duration left() const CNNSELECT_EXCLUDES(mutex_);

  const std::unique_ptr<SpanCollector> collector_;  // the thread's
  const SpanResource resource_;
  const SpanExporterOptions options_;
  const RealClock clock_;
  bool failing_ = false;  // the thread's: how its last batch went, said once

  mutable Mutex mutex_;
  CondVar wake_;
  std::vector<Span> pending_ CNNSELECT_GUARDED_BY(mutex_);
  SpanCounts counts_ CNNSELECT_GUARDED_BY(mutex_);
  bool stopping_ CNNSELECT_GUARDED_BY(mutex_) = false;
  TimePoint end_ CNNSELECT_GUARDED_BY(mutex_) = TimePoint::max();
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace cnnselect
