// What can be tried of a policy before it is offered: that its description is sound, and that it
// keeps the contract of Selector on a few hundred made-up inputs. For policies from elsewhere.
#pragma once

#include <memory>
#include <span>

#include "cnnselect/policy.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// Makes one; `values` as in PolicyValues. Errors: kInternal, if the policy throws or makes
/// nothing.
Result<std::unique_ptr<Selector>> make_policy(const PolicyKind& kind,
                                              std::span<const double> values);

/// Errors: kInvalidArgument, with the policy and the rule that it breaks: names that are no names,
/// bounds that hold no value, another name than its own, a choice that is no candidate,
/// probabilities that are none.
Status check_policy(const PolicyKind& kind);

}  // namespace cnnselect
