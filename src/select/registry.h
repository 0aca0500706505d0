// PolicyRegistry: policies by the names that users type. It begins with those of this folder;
// others may be added (src/plugin/policy_plugins.h). Any threads may read it while nobody adds.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cnnselect/policy.h"
#include "cnnselect/result.h"
#include "cnnselect/selector.h"

namespace cnnselect {

/// The policy when nobody names one. The paper's own rule is "cnnselect".
inline constexpr std::string_view kDefaultPolicy = "ontime";

/// What `simulate` calls the bound as a policy. No policy may have this name.
inline constexpr std::string_view kOracle = "oracle";

class PolicyRegistry {
 public:
  /// With the policies of this folder.
  PolicyRegistry();

  /// Adds a policy, which outlives this. Errors: kInvalidArgument if the name is taken, or if the
  /// policy breaks a rule that can be tried (policy_check.h).
  Status add(const PolicyKind& kind);

  /// The policy that `text` describes (policy_text.h). Errors: kInvalidArgument, with what was seen
  /// and what is allowed; kInternal if a policy cannot be made.
  Result<std::unique_ptr<Selector>> make(std::string_view text) const;

  /// Whether the policy that `text` names plans ahead (PolicyKind). False for unknown names.
  bool plans_ahead(std::string_view text) const;

  /// The default policy first, those that were added last.
  std::span<const PolicyKind* const> kinds() const { return kinds_; }

 private:
  const PolicyKind* find(std::string_view name) const;

  std::vector<const PolicyKind*> kinds_;
};

/// As PolicyRegistry::make(), of this folder's policies.
Result<std::unique_ptr<Selector>> make_selector(std::string_view text);

/// The names of this folder's policies, the default first.
std::span<const std::string_view> selector_names();

}  // namespace cnnselect
