#include "oip/oip_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using ::testing::HasSubstr;

TEST(OipTrace, HasTheReferencesFields) {
  EXPECT_EQ(trace_settings_json({.on = true, .fraction = 0.01, .left = 7}),
            R"({"trace_level":["TIMESTAMPS"],"trace_rate":"100","trace_count":"7",)"
            R"("log_frequency":"0","trace_file":"","trace_mode":"opentelemetry"})");
  EXPECT_THAT(trace_settings_json({.on = false, .fraction = 0}),
              HasSubstr(R"("trace_level":["OFF"],"trace_rate":"0","trace_count":"-1")"));
  EXPECT_THAT(trace_settings_json({.fraction = 0.3}), HasSubstr(R"("trace_rate":"3")"));
}

TEST(OipTrace, ChangesOnlyWhatIsGiven) {
  const TraceOverrides before{.on = false, .fraction = 0.5, .left = 3};
  EXPECT_EQ(parse_trace_settings(before, "").value(), before);
  EXPECT_EQ(parse_trace_settings(before, R"({"trace_level":["TIMESTAMPS"]})").value(),
            (TraceOverrides{.on = true, .fraction = 0.5, .left = 3}));
  EXPECT_EQ(parse_trace_settings(before, R"({"trace_level":"OFF","trace_rate":"4"})").value(),
            (TraceOverrides{.on = false, .fraction = 0.25, .left = 3}));
  EXPECT_EQ(parse_trace_settings(before, R"({"trace_rate":0,"trace_count":"-1"})").value(),
            (TraceOverrides{.on = false, .fraction = 0, .left = -1}));
}

TEST(OipTrace, NullClears) {
  const TraceOverrides before{.on = false, .fraction = 0.5, .left = 3};
  EXPECT_EQ(
      parse_trace_settings(before, R"({"trace_level":null,"trace_rate":null,"trace_count":null})")
          .value(),
      TraceOverrides{});
  EXPECT_EQ(with_trace_setting(before, "trace_rate", {}).value(),
            (TraceOverrides{.on = false, .left = 3}));
}

TEST(OipTrace, NamesWhatItCannotSet) {
  const auto refusal = [](const char* body) {
    const auto settings = parse_trace_settings({}, body);
    return settings ? "no error" : settings.error().message;
  };
  EXPECT_THAT(refusal(R"({"trace_level":["TIMESTAMPS","TENSORS"]})"),
              HasSubstr("TENSORS is not offered"));
  EXPECT_EQ(refusal(R"({"trace_level":["MAX"]})"),
            "trace_level is 'MAX'; allowed: OFF, TIMESTAMPS");
  EXPECT_EQ(refusal(R"({"trace_level":["OFF","TIMESTAMPS"]})"),
            "trace_level has 2 values; allowed: 1");
  EXPECT_THAT(refusal(R"({"trace_level":[]})"), HasSubstr("null to clear"));
  EXPECT_EQ(refusal(R"({"trace_level":true})"), "trace_level is true; want a string");
  EXPECT_EQ(refusal(R"({"trace_rate":"often"})"),
            "trace_rate is 'often'; allowed: a whole number from 0 to 2147483647");
  EXPECT_THAT(refusal(R"({"trace_rate":"-1"})"), HasSubstr("trace_rate is '-1'"));
  EXPECT_THAT(refusal(R"({"trace_rate":"1.5"})"), HasSubstr("trace_rate is '1.5'"));
  EXPECT_THAT(refusal(R"({"trace_rate":1.5})"), HasSubstr("trace_rate is 1.5"));
  EXPECT_THAT(refusal(R"({"trace_rate":{}})"), HasSubstr("trace_rate is"));
  EXPECT_THAT(refusal(R"({"trace_count":"-2"})"), HasSubstr("from -1 to"));
  EXPECT_THAT(refusal(R"({"trace_file":"/etc/passwd"})"), HasSubstr("trace_file cannot be set"));
  EXPECT_THAT(refusal(R"({"log_frequency":"5"})"), HasSubstr("log_frequency cannot be set"));
  EXPECT_THAT(refusal(R"({"trace_mode":"triton"})"), HasSubstr("trace_mode cannot be set"));
  EXPECT_THAT(refusal(R"({"loud":"1"})"), HasSubstr("unknown trace setting 'loud'; there are"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(refusal(R"({"trace_rate":)"), HasSubstr("JSON"));
}

}  // namespace
}  // namespace cnnselect
