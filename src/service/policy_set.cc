#include "service/policy_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>

#include "select/registry.h"

namespace cnnselect {

std::vector<std::string> PolicySet::usual() {
  return {"ontime",        "cnnselect",    "cnnselect-auto", "budget-greedy",
          "static-greedy", "slack-greedy", "fastest",        "most-accurate"};
}

Result<PolicySet> PolicySet::create(std::span<const std::string> names) {
  PolicySet set;
  for (const std::string& name : names) {
    auto policy = make_selector(name);
    if (!policy) return std::unexpected(policy.error());
    if (plans_ahead(name)) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("policy '{}' computes a plan for each new SLA while all requests "
                              "wait; only `cnnselect simulate` has it",
                              name));
    }
    set.policies_.emplace(name, std::move(*policy));
  }
  return set;
}

Result<const Selector*> PolicySet::find(std::string_view name) const {
  const auto found = policies_.find(name);
  if (found != policies_.end()) return found->second.get();
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("policy '{}' is not offered; allowed: {}", name,
                          fmt::join(std::views::keys(policies_), ", ")));
}

}  // namespace cnnselect
