#include "spans/span_exporter.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"

namespace cnnselect {

SpanExporter::SpanExporter(std::unique_ptr<SpanCollector> collector, SpanResource resource,
                           SpanExporterOptions options)
    : collector_(std::move(collector)), resource_(std::move(resource)), options_(options) {
  thread_ = std::jthread([this] { work(); });
}

SpanExporter::~SpanExporter() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    end_ = clock_.now() + options_.last_flush;
  }
  wake_.notify_all();
  thread_.join();
}

void SpanExporter::add(std::vector<Span> spans) {
  bool full = false;
  {
    const MutexLock lock(mutex_);
    // A request's spans go together or not at all.
    if (pending_.size() + spans.size() > options_.max_pending) {
      counts_.dropped += spans.size();
      return;
    }
    std::ranges::move(spans, std::back_inserter(pending_));
    full = pending_.size() >= options_.batch;
  }
  if (full) wake_.notify_all();
}

SpanCounts SpanExporter::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

void SpanExporter::work() {
  for (;;) {
    const std::vector<Span> batch = next_batch();
    if (batch.empty()) return;
    send(batch);
  }
}

std::vector<Span> SpanExporter::next_batch() {
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const TimePoint until = clock_.now() + options_.period;
    while (!stopping_ && pending_.size() < options_.batch && wake_.wait_until(mutex_, until)) {
    }
    if (!pending_.empty()) break;
  }
  const std::size_t size = std::min(pending_.size(), options_.batch);
  const auto rest = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  std::vector<Span> batch(std::make_move_iterator(pending_.begin()), std::make_move_iterator(rest));
  pending_.erase(pending_.begin(), rest);
  return batch;
}

void SpanExporter::send(std::span<const Span> batch) {
  if (left() <= Duration::zero()) return lost(batch.size(), "the server ended");
  const std::string body = otlp_json(batch, resource_);
  for (int tried = 1;; ++tried) {
    const Duration timeout =
        std::clamp<Duration>(left(), std::chrono::milliseconds(1), options_.timeout);
    const PostOutcome outcome =
        collector_->post(body, timeout, [this] { return left() <= Duration::zero(); });
    const AfterPost next = after_post(outcome, tried, options_.retry);
    if (std::holds_alternative<Delivered>(next)) return delivered(batch.size(), outcome);
    failed_once();
    if (const auto* const given_up = std::get_if<GiveUp>(&next)) {
      return lost(batch.size(), given_up->reason);
    }
    pause(std::get<TryAgain>(next).pause);
    if (left() <= Duration::zero()) return lost(batch.size(), "the server ended");
  }
}

void SpanExporter::delivered(std::size_t spans, const PostOutcome& outcome) {
  const PartialSuccess partial = parse_partial_success(outcome.body);
  const std::uint64_t rejected = std::min<std::uint64_t>(partial.rejected, spans);
  {
    const MutexLock lock(mutex_);
    counts_.exported += spans - rejected;
    counts_.dropped += rejected;
  }
  const bool complains = rejected > 0 || !partial.message.empty();
  // Said once: a collector that refuses one batch will refuse the next.
  if (complains && !failing_) {
    spdlog::warn("the collector did not take {} of {} spans: {}", rejected, spans, partial.message);
  } else if (!complains && failing_) {
    spdlog::info("traces are exported again");
  }
  failing_ = complains;
}

void SpanExporter::lost(std::size_t spans, const std::string& reason) {
  {
    const MutexLock lock(mutex_);
    counts_.dropped += spans;
  }
  if (!failing_) spdlog::error("traces are not exported: {}", reason);
  failing_ = true;
}

void SpanExporter::failed_once() {
  const MutexLock lock(mutex_);
  ++counts_.failures;
}

void SpanExporter::pause(Duration time) {
  const TimePoint until = clock_.now() + time;
  const MutexLock lock(mutex_);
  // An end that has begun does not wait for the collector to recover, unless there is time.
  while (wake_.wait_until(mutex_, std::min(until, end_))) {
  }
}

Duration SpanExporter::left() const {
  const MutexLock lock(mutex_);
  return stopping_ ? end_ - clock_.now() : kForever;
}

}  // namespace cnnselect
