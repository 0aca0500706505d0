// Policies by the names that users type.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"

namespace cnnselect {

/// Who decides where nobody says who shall. The paper's own rule is "cnnselect".
inline constexpr std::string_view kDefaultPolicy = "ontime";

/// Errors: kInvalidArgument, naming the name seen and those there are.
Result<std::unique_ptr<Selector>> make_selector(std::string_view name);

/// Whether the policy computes a plan, for 10 to 150 ms, where it is first asked about an SLA or a
/// load: nothing that a server can do while requests wait. False for unknown names.
bool plans_ahead(std::string_view name);

/// Every name that make_selector() knows, the default policy first.
std::span<const std::string_view> selector_names();

}  // namespace cnnselect
