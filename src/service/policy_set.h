// PolicySet: one instance of each policy that requests may name. A policy decides under the
// engine's lock. So only policies are offered that decide in microseconds, whatever a client sends.
// A request names one by its exact text, parameters included: clients make no policies. It does not
// change after construction, so any thread may use it.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"
#include "select/registry.h"

namespace cnnselect {

/// Valid as long as its set.
struct OfferedPolicy {
  std::string_view text;  ///< "slack-greedy:quantile=0.99"
  const Selector* selector = nullptr;
};

class PolicySet {
 public:
  /// What a server offers by default: our own policy, the paper's, and plain rules to compare with.
  /// The other policies of the literature are for the simulator.
  static std::vector<std::string> usual();

  /// Errors: kInvalidArgument for a text that describes no policy of `registry`
  /// (src/select/policy_text.h), or one that computes a plan ahead (PolicyKind::plans_ahead).
  static Result<PolicySet> create(std::span<const std::string> texts,
                                  const PolicyRegistry& registry = PolicyRegistry());

  /// Errors: kInvalidArgument, with the texts of the policies that are offered.
  Result<OfferedPolicy> find(std::string_view text) const;

 private:
  std::map<std::string, std::unique_ptr<Selector>, std::less<>> policies_;
};

}  // namespace cnnselect
