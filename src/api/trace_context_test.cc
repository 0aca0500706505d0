#include "api/trace_context.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
const std::string kParent = "00-" + kTrace + "-" + kSpan + "-01";

TEST(TraceContext, ReadsWhatItWrites) {
  const auto parent = parse_trace_parent(kParent);
  ASSERT_TRUE(parent);
  EXPECT_EQ(to_hex(parent->trace.bytes), kTrace);
  EXPECT_EQ(to_hex(parent->span.bytes), kSpan);
  EXPECT_TRUE(parent->sampled);
  EXPECT_EQ(to_text(*parent), kParent);
}

TEST(TraceContext, OfTheFlagsOnlySampledCounts) {
  const auto sampled = [](const char* flags) {
    return parse_trace_parent("00-" + kTrace + "-" + kSpan + "-" + flags).value().sampled;
  };
  EXPECT_FALSE(sampled("00"));
  EXPECT_TRUE(sampled("ff"));
  EXPECT_FALSE(sampled("fe"));
  EXPECT_TRUE(sampled("03"));
}

TEST(TraceContext, OfALaterVersionReadsWhatItKnows) {
  const std::string rest = "-" + kTrace + "-" + kSpan + "-01";
  EXPECT_EQ(parse_trace_parent("01" + rest), parse_trace_parent(kParent));
  EXPECT_EQ(parse_trace_parent("cc" + rest + "-what the future holds"),
            parse_trace_parent(kParent));
  EXPECT_FALSE(parse_trace_parent("cc" + rest + ".what"));
  EXPECT_FALSE(parse_trace_parent("cc" + rest + "1"));
  EXPECT_FALSE(parse_trace_parent("ff" + rest)) << "ff is no version";
  EXPECT_FALSE(parse_trace_parent("00" + rest + "-more")) << "00 has no more";
}

TEST(TraceContext, WhatCannotBeReadIsNone) {
  const std::string zeros(32, '0');
  for (const std::string& text :
       {std::string(), kParent.substr(1), kParent.substr(0, 54), kParent + "0",
        "00-" + zeros + "-" + kSpan + "-01", "00-" + kTrace + "-" + zeros.substr(16) + "-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" + kSpan + "-01",
        "00-" + kTrace + "-B7AD6B7169203331-01", "00-" + kTrace + "-" + kSpan + "-0G",
        "0x-" + kTrace + "-" + kSpan + "-01", "00_" + kTrace + "-" + kSpan + "-01",
        "00-" + kTrace + "_" + kSpan + "-01", "00-" + kTrace + "-" + kSpan + "_01",
        "00-" + kTrace.substr(1) + "-" + kSpan + "-010"}) {
    EXPECT_FALSE(parse_trace_parent(text)) << text;
  }
}

TEST(TraceContext, KnowsAListOfVendors) {
  for (const std::string text : {"rojo=00f067aa0ba902b7", "rojo=1,congo=t61rcWkgMzE", "a=b,,c=d",
                                 " a=b , c=d ", "0tenant@vendor=x", "a_-*/1=x y", "a= x"}) {
    EXPECT_TRUE(is_trace_state(text)) << text;
  }
  for (const std::string text :
       {"", ",", "a", "a=", "=b", "A=b", "1a=b", "a=b,a=c", "a=b=c", "a=b\x7f", "a b=c", "@v=x",
        "t@=x", "t@1v=x", "t@averylongvendor=x"}) {
    EXPECT_FALSE(is_trace_state(text)) << text;
  }
  std::string many;
  for (int i = 0; i < 32; ++i) many += "k" + std::to_string(i) + "=v,";
  EXPECT_TRUE(is_trace_state(many));
  EXPECT_FALSE(is_trace_state(many + "more=v"));
  EXPECT_TRUE(is_trace_state("a=" + std::string(256, 'x')));
  EXPECT_FALSE(is_trace_state("a=" + std::string(257, 'x')));
  EXPECT_FALSE(is_trace_state("a=" + std::string(256, 'x') + ",b=" + std::string(256, 'x')));
}

TEST(TraceContext, IsFoundAmongTheHeaders) {
  const auto found = incoming_trace(
      {{"Host", "x"}, {"TraceParent", kParent}, {"tracestate", "a=1"}, {"TRACESTATE", "b=2"}});
  EXPECT_TRUE(found.told);
  EXPECT_EQ(found.parent, parse_trace_parent(kParent));
  EXPECT_EQ(found.state, "a=1,b=2");
  EXPECT_FALSE(incoming_trace({{"host", "x"}}).told);
}

TEST(TraceContext, WithoutALegibleParentThereIsNoState) {
  for (const auto& headers : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"traceparent", "00-nonsense"}, {"tracestate", "a=1"}},
           {{"traceparent", kParent}, {"traceparent", kParent}, {"tracestate", "a=1"}}}) {
    const auto found = incoming_trace(headers);
    EXPECT_TRUE(found.told);
    EXPECT_FALSE(found.parent);
    EXPECT_EQ(found.state, "");
  }
  const auto broken = incoming_trace({{"traceparent", kParent}, {"tracestate", "A"}});
  EXPECT_TRUE(broken.parent) << "a broken state does not break its parent";
  EXPECT_EQ(broken.state, "");
}

}  // namespace
}  // namespace cnnselect
