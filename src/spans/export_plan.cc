#include "spans/export_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace cnnselect {
namespace {

constexpr std::size_t kMaxShown = 200;

bool may_pass(int status) {
  return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

std::string reason_of(const PostOutcome& outcome) {
  if (outcome.status == 0) return outcome.error;
  return fmt::format("the collector answers {}: {}", outcome.status,
                     std::string_view(outcome.body).substr(0, kMaxShown));
}

}  // namespace

AfterPost after_post(const PostOutcome& outcome, int tried, const RetryOptions& options) {
  if (outcome.status >= 200 && outcome.status < 300) return Delivered{};
  if (!may_pass(outcome.status)) return GiveUp{reason_of(outcome)};
  if (tried >= options.tries) {
    return GiveUp{fmt::format("{} (tried {} times)", reason_of(outcome), tried)};
  }
  Duration pause = options.first_pause;
  for (int i = 1; i < tried && pause < options.longest_pause; ++i) pause *= 2;
  pause = std::max(pause, outcome.retry_after.value_or(Duration::zero()));
  return TryAgain{std::min(pause, options.longest_pause)};
}

}  // namespace cnnselect
