// A policy as users type it: NAME, or NAME:key=value,key=value with values for its parameters. In a
// list of policies commas stand between them too: a piece with '=' but without ':' belongs to the
// policy before it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/policy.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// "slack-greedy" of "slack-greedy:quantile=0.99".
std::string_view policy_name_of(std::string_view text);

/// A value for each parameter of `kind`: as `text` has it, else the usual one. Errors:
/// kInvalidArgument, with the policy, what was seen, and what is allowed.
Result<std::vector<double>> parse_policy_values(const PolicyKind& kind, std::string_view text);

/// The policies of a list that was cut at every comma: {"a:x=1", "y=2", "b"} is {"a:x=1,y=2", "b"}.
/// Error: a value before any policy with parameters.
Result<std::vector<std::string>> join_policy_pieces(std::span<const std::string> pieces);

}  // namespace cnnselect
