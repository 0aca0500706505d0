#include "service/policy_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>

namespace cnnselect {

std::vector<std::string> PolicySet::usual() {
  return {"ontime",        "cnnselect",    "cnnselect-auto", "budget-greedy",
          "static-greedy", "slack-greedy", "fastest",        "most-accurate"};
}

Result<PolicySet> PolicySet::create(std::span<const std::string> texts,
                                    const PolicyRegistry& registry) {
  PolicySet set;
  for (const std::string& text : texts) {
    auto policy = registry.make(text);
    if (!policy) return std::unexpected(policy.error());
    if (registry.plans_ahead(text)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("policy '{}' computes a plan for each new SLA while all requests "
                              "wait; only `cnnselect simulate` has it",
                              (*policy)->name()));
    }
    set.policies_.emplace(text, std::move(*policy));
  }
  return set;
}

Result<OfferedPolicy> PolicySet::find(std::string_view text) const {
  const auto found = policies_.find(text);
  if (found != policies_.end()) {
    return OfferedPolicy{.text = found->first, .selector = found->second.get()};
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("policy '{}' is not offered; allowed: {}", text,
                          fmt::join(std::views::keys(policies_), ", ")));
}

}  // namespace cnnselect
