#include "service/request_books.h"

#include <string>
#include <utility>

#include "base/shortened.h"
#include "service/request_spans.h"

namespace cnnselect {
namespace {

/// Of an error's message, which may name what a client sent: a tensor, say, by a name of any
/// length.
constexpr std::size_t kKeptBytes = 512;

}  // namespace

void RequestBooks::answered(const RequestFacts& facts, std::span<const Answer* const> answers,
                            const StageTimes& times, std::optional<bool> in_time) const {
  for (const Answer* const answer : answers) count(facts, *answer, times, in_time);
  if (!traced(facts)) return;
  spans_.sink->add(answered_spans(facts, catalog_, answers, times, in_time,
                                  {.steady = clock_.now(), .wall = spans_.wall_clock()}));
}

void RequestBooks::count(const RequestFacts& facts, const Answer& answer, const StageTimes& times,
                         std::optional<bool> in_time) const {
  metrics_.count_answer(facts.family, answer, times, in_time);
  statistics_.answered(answer, times.server, spans_.wall_clock());
  if (log_ == nullptr || !log_->wants()) return;
  LoggedRequest entry = logged(facts, outcome_name(in_time));
  entry.model = catalog_.model(answer.model).member.name;
  entry.reason = std::string(to_string(answer.reason));
  entry.probability = answer.probability;
  if (facts.terms.has_sla()) entry.budget = answer.budget.soft;
  if (times.decode > Duration::zero()) entry.decode = times.decode;
  entry.queue = answer.queued;
  entry.prepare = answer.prepare;
  entry.infer = answer.infer;
  entry.server = times.server;
  log_->add(std::move(entry));
}

void RequestBooks::failed(const RequestFacts& facts, const Error& whole) const {
  const Error error{whole.code, shortened(whole.message, kKeptBytes)};
  metrics_.count_error(facts.family, error.code, facts.images);
  const TimePoint now = clock_.now();
  statistics_.failed(facts.asked, now - facts.terms.timing.received, facts.images);
  if (traced(facts)) {
    spans_.sink->add(
        failed_spans(facts, catalog_, error, {.steady = now, .wall = spans_.wall_clock()}));
  }
  if (log_ == nullptr) return;
  for (std::size_t i = 0; i < facts.images; ++i) {
    if (!log_->wants()) continue;
    LoggedRequest entry = logged(facts, outcome_name(error.code));
    entry.error = error.message;
    log_->add(std::move(entry));
  }
}

LoggedRequest RequestBooks::logged(const RequestFacts& facts, std::string_view outcome) const {
  const auto& [sla, elapsed, input, output, received] = facts.terms.timing;
  // A study compares logs of several hosts and days: that takes the wall clock.
  LoggedRequest entry{.unix_ms = unix_ms(spans_.wall_clock()),
                      .family = catalog_.family(facts.family).name,
                      .asked = std::string(facts.asked),
                      .outcome = std::string(outcome),
                      .policy = std::string(facts.terms.policy_text),
                      .elapsed = elapsed,
                      .input = input,
                      .output = output,
                      .threshold = facts.terms.threshold,
                      .network_class = facts.hints.network_class,
                      .rtt = facts.hints.rtt,
                      .last_input = facts.hints.last_input,
                      .last_output = facts.hints.last_output,
                      .device = facts.hints.device,
                      .device_top1 = facts.hints.device_top1,
                      .bytes = static_cast<std::int64_t>(facts.bytes)};
  if (facts.terms.has_sla()) entry.sla = sla;
  return entry;
}

}  // namespace cnnselect
