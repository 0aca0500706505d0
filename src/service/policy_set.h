// PolicySet: one instance of each policy that requests may name. A policy decides under the
// engine's lock. So only policies are offered that decide in microseconds, whatever a client sends.
// It does not change after construction, so any thread may use it.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"

namespace cnnselect {

class PolicySet {
 public:
  /// What a server offers by default: our own policy, the paper's, and plain rules to compare with.
  /// The other policies of the literature are for the simulator.
  static std::vector<std::string> usual();

  /// Errors: kInvalidArgument for a policy that does not exist, or that computes a plan ahead
  /// (plans_ahead).
  static Result<PolicySet> create(std::span<const std::string> names);

  /// Errors: kInvalidArgument, with the names of the policies that are offered.
  Result<const Selector*> find(std::string_view name) const;

 private:
  std::map<std::string, std::unique_ptr<Selector>, std::less<>> policies_;
};

}  // namespace cnnselect
