// Policies by the names that users type.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"

namespace cnnselect {

/// The policy when nobody names one. The paper's own rule is "cnnselect".
inline constexpr std::string_view kDefaultPolicy = "ontime";

/// Errors: kInvalidArgument, with the name seen and the names that exist.
Result<std::unique_ptr<Selector>> make_selector(std::string_view name);

/// Whether the policy computes a plan, for 10 to 150 ms, when it is first asked about an SLA or a
/// load. A server cannot do that while requests wait. False for unknown names.
bool plans_ahead(std::string_view name);

/// Every name that make_selector() knows, the default policy first.
std::span<const std::string_view> selector_names();

}  // namespace cnnselect
