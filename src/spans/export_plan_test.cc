#include "spans/export_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const RetryOptions kOptions{.tries = 3, .first_pause = 100ms, .longest_pause = 1s};

std::string told(const AfterPost& next) {
  if (std::holds_alternative<Delivered>(next)) return "delivered";
  if (const auto* const again = std::get_if<TryAgain>(&next)) {
    return "again in " + std::to_string(again->pause / 1ms);
  }
  return std::get<GiveUp>(next).reason;
}

TEST(ExportPlan, RetriesWhatMayPass) {
  struct Case {
    PostOutcome outcome;
    int tried;
    const char* then;
  };
  const Case cases[] = {
      {{.status = 200}, 1, "delivered"},
      {{.status = 202}, 3, "delivered"},
      {{.status = 503}, 1, "again in 100"},
      {{.status = 503}, 2, "again in 200"},
      {{.status = 429}, 1, "again in 100"},
      {{.status = 502}, 1, "again in 100"},
      {{.status = 504}, 1, "again in 100"},
      {{.error = "refused"}, 2, "again in 200"},
      {{.status = 503, .retry_after = 600ms}, 1, "again in 600"},
      {{.status = 503, .retry_after = 1h}, 1, "again in 1000"},
      {{.error = "refused"}, 3, "refused (tried 3 times)"},
      {{.status = 400, .body = "bad span"}, 1, "the collector answers 400: bad span"},
      {{.status = 500}, 1, "the collector answers 500: "},
      {{.status = 301}, 1, "the collector answers 301: "},
      {{.status = 404}, 1, "the collector answers 404: "},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(told(after_post(row.outcome, row.tried, kOptions)), row.then)
        << row.outcome.status << " after " << row.tried;
  }
}

TEST(ExportPlan, ThePauseGrowsToItsLimit) {
  const RetryOptions patient{.tries = 100, .first_pause = 100ms, .longest_pause = 1s};
  EXPECT_EQ(told(after_post({.status = 503}, 99, patient)), "again in 1000");
  EXPECT_THAT(told(after_post({.status = 503, .body = std::string(999, 'x')}, 100, patient)),
              HasSubstr("xxx (tried 100 times)"));
}

}  // namespace
}  // namespace cnnselect
