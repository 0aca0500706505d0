#include "service/request_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/testing/timed_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr TimePoint kFirstByte{1h};
constexpr TraceTransport kTransport{
    "http.response.status_code", [](const Error* error) { return error == nullptr ? 200 : 503; }};

class RequestSpansTest : public ::testing::Test {
 protected:
  RequestSpansTest() : world_({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}}) {
    RequestTrace trace{.sampled = true, .state = "a=1", .transport = &kTransport};
    trace.trace.bytes.fill(7);
    trace.span.bytes.fill(1);
    trace.parent = SpanId();
    trace.parent->bytes.fill(2);
    trace_ = trace;
    terms_ = plan_request({.sla = 200ms}, arrival_, policies_, {.policy = "cnnselect"}).value();
  }

  RequestFacts facts(std::string_view call = "classify") const {
    return {.family = FamilyId{0},
            .asked = "timed",
            .call = call,
            .id = "my id",
            .terms = terms_,
            .hints = hints_,
            .arrival = arrival_,
            .trace = trace_};
  }
  /// Of a request that was in at 40 ms: decoded by 45, chosen at 50, prepared by 51, run by 71.
  static Answer answer() {
    return {.model = ModelId{1},
            .output = {},
            .reason = Reason::kBaseOnly,
            .probability = 0.75,
            .budget = {.soft = 60ms},
            .queued = 5ms,
            .prepare = 1ms,
            .infer = 20ms,
            .finished = kFirstByte + 71ms};
  }
  static const Span& named(const std::vector<Span>& spans, std::string_view name) {
    return *std::ranges::find(spans, name, &Span::name);
  }
  static std::vector<std::string> names(const std::vector<Span>& spans) {
    std::vector<std::string> names;
    for (const Span& span : spans) names.push_back(span.name);
    return names;
  }
  template <class T = std::string>
  static T told(const Span& span, std::string_view key) {
    const auto found = std::ranges::find(span.attributes, key, &SpanAttribute::key);
    return found == span.attributes.end() ? T() : std::get<T>(found->value);
  }
  static Duration at(WallTime time) { return time - kWall; }

  static constexpr WallTime kWall{1'700'000'000s};
  TimedWorld world_;
  const PolicySet policies_ = PolicySet::create(PolicySet::usual()).value();
  const RequestHints hints_;
  const Arrival arrival_{.first_byte = kFirstByte, .last_byte = kFirstByte + 40ms, .rtt = {}};
  std::optional<RequestTrace> trace_;
  RequestTerms terms_;
  // Read a second after the request began.
  const ClockPair clocks_{.steady = kFirstByte + 1s, .wall = kWall + 1s};
};

TEST_F(RequestSpansTest, AnAnswerIsOneSpanAndOneForEachStage) {
  const Answer only = answer();
  const Answer* const one = &only;
  const auto spans = answered_spans(facts(), world_.catalog(), std::span(&one, 1),
                                    {.decode = 5ms, .server = 33ms}, true, clocks_);
  EXPECT_THAT(names(spans),
              ElementsAre("classify", "network", "decode", "queue", "prepare", "infer", "answer"));
  const Span& whole = spans.front();
  EXPECT_TRUE(whole.is_server);
  EXPECT_EQ(whole.id, trace_->span);
  EXPECT_EQ(whole.parent, trace_->parent);
  EXPECT_EQ(whole.trace_state, "a=1");
  EXPECT_EQ(at(whole.start), 0ms);
  EXPECT_EQ(at(whole.end), 73ms);
  EXPECT_FALSE(whole.error);
  const std::pair<const char*, std::pair<Duration, Duration>> stages[] = {
      {"network", {0ms, 40ms}},  {"decode", {40ms, 45ms}}, {"queue", {45ms, 50ms}},
      {"prepare", {50ms, 51ms}}, {"infer", {51ms, 71ms}},  {"answer", {71ms, 73ms}}};
  std::set<std::string> ids{to_hex(whole.id.bytes)};
  for (const auto& [name, times] : stages) {
    const Span& stage = named(spans, name);
    EXPECT_EQ(at(stage.start), times.first) << name;
    EXPECT_EQ(at(stage.end), times.second) << name;
    EXPECT_EQ(stage.parent, whole.id);
    EXPECT_EQ(stage.trace, whole.trace);
    EXPECT_FALSE(stage.is_server);
    EXPECT_TRUE(ids.insert(to_hex(stage.id.bytes)).second);
  }
}

TEST_F(RequestSpansTest, SaysWhatWasDecidedAndWhy) {
  const Answer only = answer();
  const Answer* const one = &only;
  const auto spans = answered_spans(facts(), world_.catalog(), std::span(&one, 1), {.server = 33ms},
                                    false, clocks_);
  EXPECT_EQ(names(spans)[2], "queue") << "a tensor is not decoded";
  const Span& whole = spans.front();
  EXPECT_EQ(told(whole, "cnnselect.family"), "timed");
  EXPECT_EQ(told(whole, "cnnselect.model"), "large");
  EXPECT_EQ(told(whole, "cnnselect.reason"), "base-only");
  EXPECT_EQ(told(whole, "cnnselect.request_id"), "my id");
  EXPECT_EQ(told(whole, "cnnselect.policy"), "cnnselect");
  EXPECT_EQ(told(whole, "cnnselect.outcome"), "late");
  EXPECT_EQ(told<double>(whole, "cnnselect.probability"), 0.75);
  EXPECT_EQ(told<double>(whole, "cnnselect.sla_ms"), 200);
  EXPECT_EQ(told<double>(whole, "cnnselect.budget_ms"), 60);
  EXPECT_EQ(told<double>(whole, "cnnselect.t_input_ms"), 40);
  EXPECT_EQ(told<std::int64_t>(whole, "http.response.status_code"), 200);
  EXPECT_EQ(told(named(spans, "infer"), "cnnselect.model"), "large");
}

TEST_F(RequestSpansTest, OfABatchEveryImageHasItsStages) {
  const Answer first = answer();
  Answer second = answer();
  second.model = ModelId{0};
  second.finished += 4ms;
  const Answer* const both[] = {&second, &first};
  const auto spans = answered_spans(facts("infer"), world_.catalog(), both, {.server = 37ms},
                                    std::nullopt, clocks_);
  EXPECT_THAT(names(spans), ElementsAre("infer", "network", "queue", "prepare", "infer", "queue",
                                        "prepare", "infer", "answer"));
  EXPECT_EQ(told(spans[0], "cnnselect.model"), "small") << "the one that was answered last";
  EXPECT_EQ(told<std::int64_t>(spans[0], "cnnselect.images"), 2);
  EXPECT_EQ(told<std::int64_t>(spans[4], "cnnselect.image"), 0);
  EXPECT_EQ(told<std::int64_t>(spans[7], "cnnselect.image"), 1);
  EXPECT_EQ(told(spans[7], "cnnselect.model"), "large");
  EXPECT_EQ(at(named(spans, "answer").start), 75ms);
}

TEST_F(RequestSpansTest, NoStageLeavesItsRequest) {
  Answer odd = answer();
  odd.queued = 1h;
  odd.finished += 1s;
  const Answer* const one = &odd;
  const auto spans = answered_spans(facts(), world_.catalog(), std::span(&one, 1),
                                    {.decode = 1h, .server = 33ms}, true, clocks_);
  for (const Span& span : spans) {
    EXPECT_GE(span.start, spans.front().start) << span.name;
    EXPECT_LE(span.start, span.end) << span.name;
    EXPECT_LE(span.end, spans.front().end) << span.name;
  }
}

TEST_F(RequestSpansTest, AFailureSaysWhoIsToBlame) {
  const Error full{ErrorCode::kUnavailable, "the queue is full"};
  auto spans = failed_spans(facts(), world_.catalog(), full, clocks_);
  EXPECT_THAT(names(spans), ElementsAre("classify", "network"));
  EXPECT_EQ(told(spans[0], "cnnselect.outcome"), "refused");
  EXPECT_EQ(told(spans[0], "cnnselect.error"), "the queue is full");
  EXPECT_EQ(told<std::int64_t>(spans[0], "http.response.status_code"), 503);
  EXPECT_EQ(spans[0].error, "the queue is full");
  EXPECT_EQ(at(spans[0].end), 1s);
  const Error wrong{ErrorCode::kUnsupportedMedia, "no photo"};
  spans = failed_spans(facts(), world_.catalog(), wrong, clocks_);
  EXPECT_FALSE(spans[0].error) << "the client's fault is no error of the server";
  EXPECT_EQ(told(spans[0], "cnnselect.error"), "no photo");
}

}  // namespace
}  // namespace cnnselect
