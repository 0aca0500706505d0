#include "api/trace_sampling.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

constexpr TraceTransport kTransport{"status", [](const Error* /*error*/) { return 0; }};
const std::vector<std::pair<std::string, std::string>> kNone;
const std::string kIds = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";

int recorded(TraceSampling& sampling, const std::string& model, int of) {
  int count = 0;
  for (int i = 0; i < of; ++i) count += sampling.begin(model, kNone, kTransport) ? 1 : 0;
  return count;
}

TraceSampling::Edit to(const TraceOverrides& overrides) {
  return [overrides](const TraceOverrides& /*before*/) { return overrides; };
}

TEST(TraceSampling, TheParentDecides) {
  TraceSampling sampling({.fraction = 1});
  const auto yes =
      sampling.begin("m", {{"traceparent", kIds + "01"}, {"tracestate", "a=1"}}, kTransport);
  ASSERT_TRUE(yes);
  EXPECT_TRUE(yes->sampled);
  EXPECT_EQ(to_hex(yes->trace.bytes), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(to_hex(yes->parent->bytes), "b7ad6b7169203331");
  EXPECT_EQ(yes->state, "a=1");
  EXPECT_NE(yes->span, *yes->parent);
  EXPECT_EQ(answer_trace_parent(*yes),
            "00-0af7651916cd43dd8448eb211c80319c-" + to_hex(yes->span.bytes) + "-01");
  const auto no = sampling.begin("m", {{"traceparent", kIds + "00"}}, kTransport);
  ASSERT_TRUE(no) << "the client is told our span's id";
  EXPECT_FALSE(no->sampled);
}

TEST(TraceSampling, WithoutAParentAFractionIsRecorded) {
  TraceSampling none({.fraction = 0});
  EXPECT_EQ(recorded(none, "m", 100), 0);
  TraceSampling all({.fraction = 1});
  EXPECT_EQ(recorded(all, "m", 100), 100);
  TraceSampling some({.fraction = 0.25});
  EXPECT_NEAR(recorded(some, "m", 4000), 1000, 150);
}

TEST(TraceSampling, AnIllegibleParentBeginsANewTrace) {
  TraceSampling sampling({.fraction = 0});
  const auto trace = sampling.begin("m", {{"traceparent", "nonsense"}}, kTransport);
  ASSERT_TRUE(trace);
  EXPECT_FALSE(trace->sampled);
  EXPECT_FALSE(trace->parent);
  EXPECT_NE(trace->trace, TraceId());
}

TEST(TraceSampling, EveryServerAndRequestHasIdsOfItsOwn) {
  TraceSampling one({.fraction = 1, .seed = 1});
  TraceSampling two({.fraction = 1, .seed = 2});
  const auto a = one.begin("m", kNone, kTransport);
  const auto b = one.begin("m", kNone, kTransport);
  const auto c = two.begin("m", kNone, kTransport);
  EXPECT_NE(a->trace, b->trace);
  EXPECT_NE(a->span, b->span);
  EXPECT_NE(a->trace, c->trace);
}

TEST(TraceSampling, AModelsSettingsStandOverThoseForAll) {
  TraceSampling sampling({.fraction = 0});
  ASSERT_TRUE(sampling.change("", to({.fraction = 1})));
  ASSERT_TRUE(sampling.change("quiet", to({.on = false})));
  EXPECT_EQ(sampling.settings("quiet"), (TraceSettings{.on = false, .fraction = 1}));
  EXPECT_EQ(sampling.settings("other"), (TraceSettings{.on = true, .fraction = 1}));
  EXPECT_EQ(recorded(sampling, "quiet", 10), 0);
  EXPECT_EQ(recorded(sampling, "other", 10), 10);
  EXPECT_FALSE(sampling.begin("quiet", {{"traceparent", kIds + "01"}}, kTransport)->sampled)
      << "off is off";
  ASSERT_TRUE(sampling.change("quiet", to({})));
  EXPECT_EQ(sampling.settings("quiet"), sampling.settings(""));
}

TEST(TraceSampling, StopsAfterAsManyAsWereAskedFor) {
  TraceSampling sampling({.fraction = 1});
  ASSERT_TRUE(sampling.change("", to({.left = 5})));
  ASSERT_TRUE(sampling.change("own", to({.left = 2})));
  EXPECT_EQ(recorded(sampling, "own", 10), 2);
  EXPECT_EQ(recorded(sampling, "m", 3), 3);
  EXPECT_EQ(sampling.settings("m").left, 2) << "what is left, as the protocol has it";
  EXPECT_EQ(recorded(sampling, "other", 10), 2);
  EXPECT_TRUE(sampling.begin("m", {{"traceparent", kIds + "01"}}, kTransport)->sampled)
      << "a parent's wish is not counted";
}

TEST(TraceSampling, AWrongChangeChangesNothing) {
  TraceSampling sampling({.fraction = 0.5});
  const Status wrong = sampling.change("", [](const TraceOverrides& /*before*/) {
    return Result<TraceOverrides>(fail(ErrorCode::kInvalidArgument, "no"));
  });
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(sampling.settings("").fraction, 0.5);
}

}  // namespace
}  // namespace cnnselect
