#include "service/request_spans.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "cnnselect/rng.h"
#include "http/http_error.h"

namespace cnnselect {
namespace {

constexpr int kServerFault = 500;

/// Makes the spans of one request, the whole first.
class RequestSpans {
 public:
  RequestSpans(const RequestFacts& facts, const Catalog& catalog, const ClockPair& clocks,
               TimePoint end)
      : facts_(facts), clocks_(clocks), end_(end), ids_(seed(facts.trace->span)) {
    Span whole = span(facts.call, facts.arrival.first_byte, end);
    whole.id = facts.trace->span;
    whole.parent = facts.trace->parent;
    whole.is_server = true;
    whole.attributes = {{"cnnselect.family", catalog.family(facts.family).name},
                        {"cnnselect.asked", std::string(facts.asked)},
                        {"cnnselect.policy", std::string(facts.terms.policy_text)},
                        {"cnnselect.t_input_ms", to_ms(facts.terms.timing.input)}};
    if (!facts.id.empty()) {
      whole.attributes.emplace_back("cnnselect.request_id", std::string(facts.id));
    }
    if (facts.terms.has_sla()) {
      whole.attributes.emplace_back("cnnselect.sla_ms", to_ms(facts.terms.timing.sla));
    }
    spans_.push_back(std::move(whole));
    add("network", facts.arrival.first_byte, facts.arrival.last_byte);
  }

  Span& whole() { return spans_.front(); }
  void tell(std::string key, auto value) {
    whole().attributes.emplace_back(std::move(key), std::move(value));
  }
  void end_with(std::string_view outcome, const Error* error) {
    tell("cnnselect.outcome", std::string(outcome));
    const TraceTransport& transport = *facts_.trace->transport;
    tell(std::string(transport.status_key), std::int64_t{transport.status(error)});
  }

  /// A stage, within the whole whatever the clocks say.
  Span& add(std::string_view name, TimePoint start, TimePoint end) {
    const TimePoint first = facts_.arrival.first_byte;
    Span stage = span(name, std::clamp(start, first, end_), std::clamp(end, first, end_));
    stage.id = next_id();
    stage.parent = facts_.trace->span;
    return spans_.emplace_back(std::move(stage));
  }
  std::vector<Span> take() && { return std::move(spans_); }

 private:
  Span span(std::string_view name, TimePoint start, TimePoint end) const {
    return {.trace = facts_.trace->trace,
            .trace_state = facts_.trace->state,
            .name = std::string(name),
            .start = clocks_.at(start),
            .end = clocks_.at(std::max(start, end)),
            .attributes = {}};
  }

  // A stage's id follows from that of the whole, which is random.
  static std::uint64_t seed(const SpanId& id) {
    std::uint64_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof(value));
    return value;
  }
  SpanId next_id() {
    SpanId id;
    while (id == SpanId()) {
      const std::uint64_t drawn = ids_();
      std::memcpy(id.bytes.data(), &drawn, sizeof(drawn));
    }
    return id;
  }

  const RequestFacts& facts_;
  const ClockPair& clocks_;
  const TimePoint end_;
  Rng ids_;
  std::vector<Span> spans_;
};

}  // namespace

std::vector<Span> answered_spans(const RequestFacts& facts, const Catalog& catalog,
                                 std::span<const Answer* const> answers, const StageTimes& times,
                                 std::optional<bool> in_time, const ClockPair& clocks) {
  const TimePoint received = facts.arrival.last_byte;
  const TimePoint ready = received + times.server;
  RequestSpans spans(facts, catalog, clocks, ready);
  const Answer& last = **std::ranges::max_element(answers, {}, &Answer::finished);
  spans.tell("cnnselect.model", catalog.model(last.model).member.name);
  spans.tell("cnnselect.reason", std::string(to_string(last.reason)));
  spans.tell("cnnselect.probability", last.probability);
  if (facts.terms.has_sla()) spans.tell("cnnselect.budget_ms", to_ms(last.budget.soft));
  const bool many = answers.size() > 1;
  if (many) spans.tell("cnnselect.images", static_cast<std::int64_t>(answers.size()));
  spans.end_with(outcome_name(in_time), nullptr);

  for (std::size_t image = 0; image < answers.size(); ++image) {
    const Answer& answer = *answers[image];
    const auto add = [&](std::string_view name, TimePoint start, TimePoint end) -> Span& {
      Span& stage = spans.add(name, start, end);
      if (many) stage.attributes.emplace_back("cnnselect.image", static_cast<std::int64_t>(image));
      return stage;
    };
    // What is known are the end and how long each stage before it took.
    const TimePoint infer = answer.finished - answer.infer;
    const TimePoint prepare = infer - answer.prepare;
    const TimePoint queue = std::max(prepare - answer.queued, received);
    if (times.decode > Duration::zero()) {
      add("decode", std::max(queue - times.decode, received), queue);
    }
    add("queue", queue, prepare);
    add("prepare", prepare, infer);
    add("infer", infer, answer.finished)
        .attributes.emplace_back("cnnselect.model", catalog.model(answer.model).member.name);
  }
  spans.add("answer", last.finished, ready);
  return std::move(spans).take();
}

std::vector<Span> failed_spans(const RequestFacts& facts, const Catalog& catalog,
                               const Error& error, const ClockPair& clocks) {
  RequestSpans spans(facts, catalog, clocks, clocks.steady);
  spans.end_with(outcome_name(error.code), &error);
  spans.tell("cnnselect.error", error.message);
  if (status_of(error.code) >= kServerFault) spans.whole().error = error.message;
  return std::move(spans).take();
}

}  // namespace cnnselect
