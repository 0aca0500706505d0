// T_threshold as users type it: a duration, or "auto". Pure.
#pragma once

#include <span>
#include <string>

#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// "auto" leaves it to the policy: among `policies`, cnnselect becomes cnnselect-auto. Where there
/// is neither of the two it would change nothing and is refused: only the cnnselect policies read a
/// threshold. Errors name the flag, the text and what is allowed.
Result<Duration> parse_threshold(const std::string& text, std::span<std::string> policies);

}  // namespace cnnselect
