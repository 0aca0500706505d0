#include "api/request_hints.h"

#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// The message, or "accepted", or "unknown".
std::string outcome(std::string_view key, std::string_view text) {
  RequestHints hints;
  const auto known = set_hint(hints, key, text);
  if (!known) return known.error().message;
  return *known ? "accepted" : "unknown";
}

TEST(RequestHints, ReadsEveryKey) {
  RequestHints hints;
  const TextPairs query = {
      {"sla_ms", "250"},       {"rtt_ms", "12.5"},      {"elapsed_ms", "3"},
      {"device_ms", "80"},     {"device_top1", "0.41"}, {"network_class", "lte"},
      {"last_output_ms", "9"}, {"threshold_ms", "0"},   {"policy", "fixed:m_1,share=0.5"},
      {"last_input_ms", "8"},  {"somebody_elses", "x"}, {"priority", "3"},
      {"timeout", "1500"}};
  ASSERT_TRUE(apply_hint_query(query, hints));
  EXPECT_EQ(hints.sla, 250ms);
  EXPECT_EQ(hints.rtt, 12'500us);
  EXPECT_EQ(hints.elapsed, 3ms);
  EXPECT_EQ(hints.device, 80ms);
  EXPECT_EQ(hints.device_top1, 0.41);
  EXPECT_EQ(hints.network_class, "lte");
  EXPECT_EQ(hints.last_output, 9ms);
  EXPECT_EQ(hints.last_input, 8ms);
  EXPECT_EQ(hints.threshold, 0ms);
  EXPECT_EQ(hints.policy, "fixed:m_1,share=0.5");
  EXPECT_EQ(hints.priority, 3U);
  EXPECT_EQ(hints.timeout, 1500us);
}

TEST(RequestHints, ListsEveryKeyItReads) {
  for (const char* const key :
       {"sla_ms", "rtt_ms", "elapsed_ms", "device_ms", "device_top1", "network_class",
        "last_output_ms", "last_input_ms", "threshold_ms", "policy", "priority", "timeout"}) {
    EXPECT_TRUE(is_hint(key)) << key;
    EXPECT_NE(hint_keys().find(key), std::string_view::npos) << key;
  }
  EXPECT_FALSE(is_hint("sla"));
}

struct TextCase {
  const char* why;
  const char* key;
  std::string text;
  const char* outcome;
};

TEST(RequestHints, ChecksTextAndNamesKeyValueAndRange) {
  const TextCase cases[] = {
      {"the longest SLA", "sla_ms", "3600000", "accepted"},
      {"the shortest SLA", "sla_ms", "0.001", "accepted"},
      {"exponents are numbers", "sla_ms", "1e2", "accepted"},
      {"blanks around it", "rtt_ms", " 5\t", "accepted"},
      {"an empty form field means not told", "sla_ms", "", "accepted"},
      {"nothing but a blank too", "policy", " ", "accepted"},
      {"another's key", "timeout_ms", "5", "unknown"},
      {"the default class", "priority", "0", "accepted"},
      {"any class: how many there are is the server's to say", "priority", "18446744073709551615",
       "accepted"},
      {"more than that", "priority", "18446744073709551616",
       "priority is '18446744073709551616'; want a whole number from 0 to 18446744073709551615"},
      {"a negative class", "priority", "-1",
       "priority is '-1'; want a whole number from 0 to 18446744073709551615"},
      {"a part of a microsecond", "timeout", "1.5",
       "timeout is '1.5'; want a whole number from 0 to 18446744073709551615"},
      {"an SLA of nothing", "sla_ms", "0", "sla_ms is 0; allowed: 0.001 to 3600000 milliseconds"},
      {"negative", "sla_ms", "-5", "sla_ms is -5; allowed: 0.001 to 3600000 milliseconds"},
      {"above an hour", "sla_ms", "3600001",
       "sla_ms is 3600001; allowed: 0.001 to 3600000 milliseconds"},
      {"not a number", "sla_ms", "nan", "sla_ms is nan; allowed: 0.001 to 3600000 milliseconds"},
      {"infinite", "rtt_ms", "inf", "rtt_ms is inf; allowed: 0 to 3600000 milliseconds"},
      {"negative round trip", "rtt_ms", "-0.1",
       "rtt_ms is -0.1; allowed: 0 to 3600000 milliseconds"},
      {"a unit", "elapsed_ms", "5ms", "elapsed_ms is '5ms'; want a number such as 250"},
      {"beyond a double", "device_ms", "1e999", "device_ms is '1e999'; want a number such as 250"},
      {"words", "device_top1", "good", "device_top1 is 'good'; want a number such as 0.7"},
      {"per cent", "device_top1", "70", "device_top1 is 70; allowed: 0 to 1"},
      {"a name with a blank", "network_class", "my wifi",
       "network_class is 'my wifi'; allowed: at most 64 letters, digits and any of -_.:+=,"},
      {"a long name", "policy", std::string(65, 'p'),
       "policy is 'pppppppppppppppppppppppppppppppppppppppp...'; allowed: at most 64 letters, "
       "digits and any of -_.:+=,"},
  };
  for (const TextCase& row : cases) EXPECT_EQ(outcome(row.key, row.text), row.outcome) << row.why;
}

TEST(RequestHints, TakesNumbersForNumbersOnly) {
  RequestHints hints;
  EXPECT_EQ(set_hint(hints, "threshold_ms", 10.0), true);
  EXPECT_EQ(hints.threshold, 10ms);
  EXPECT_EQ(set_hint(hints, "mine", 10.0), false);
  const auto policy = set_hint(hints, "policy", 5.0);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message, "policy is the number 5; want text");
  const auto sla = set_hint(hints, "sla_ms", 1e10);
  ASSERT_FALSE(sla);
  EXPECT_EQ(sla.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(sla.error().message, "sla_ms is 10000000000; allowed: 0.001 to 3600000 milliseconds");
}

TEST(RequestHints, ATimeoutBeyondAllTimeIsNone) {
  RequestHints hints;
  ASSERT_TRUE(set_hint(hints, "timeout", "18446744073709551615"));
  EXPECT_EQ(hints.timeout, kForever);
  set_whole_hint(hints, "timeout", 9'223'372'036'854'775);
  EXPECT_EQ(hints.timeout, 9'223'372'036'854'775us) << "the longest that a Duration holds";
  set_whole_hint(hints, "timeout", 9'223'372'036'854'776);
  EXPECT_EQ(hints.timeout, kForever);
}

TEST(RequestHints, ABlankLeavesWhatAnEarlierSourceSaid) {
  RequestHints hints;
  hints.sla = 1s;
  hints.policy = "fastest";
  EXPECT_EQ(set_hint(hints, "sla_ms", ""), true);
  EXPECT_EQ(set_hint(hints, "policy", ""), true);
  EXPECT_EQ(hints.sla, 1s);
  EXPECT_EQ(hints.policy, "fastest");
}

TEST(RequestHints, HeadersSayTheSameWithDashes) {
  RequestHints hints;
  ASSERT_TRUE(apply_hint_headers({{"Host", "h"},
                                  {"X-CNNSelect-SLA-Ms", "250"},
                                  {"x-cnnselect-last-output-ms", "4"},
                                  {"x-cnnselect-sla-ms", "300"}},
                                 hints));
  EXPECT_EQ(hints.sla, 300ms) << "the last of one source wins";
  EXPECT_EQ(hints.last_output, 4ms);
}

TEST(RequestHints, ErrorsNameTheirSource) {
  RequestHints hints;
  const auto header = apply_hint_headers({{"x-cnnselect-sla-ms", "x"}}, hints);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().message,
            "header x-cnnselect-sla-ms: sla_ms is 'x'; want a number such as 250");
  const auto mistyped = apply_hint_headers({{"x-cnnselect-sla", "5"}}, hints);
  ASSERT_FALSE(mistyped);
  EXPECT_EQ(mistyped.error().message,
            "header x-cnnselect-sla: no such hint; there are (with dashes): sla_ms, rtt_ms, "
            "elapsed_ms, device_ms, device_top1, network_class, last_output_ms, "
            "last_input_ms, threshold_ms, policy, priority, timeout");
  const auto query = apply_hint_query({{"rtt_ms", "-1"}}, hints);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().message, "query: rtt_ms is -1; allowed: 0 to 3600000 milliseconds");
}

}  // namespace
}  // namespace cnnselect
