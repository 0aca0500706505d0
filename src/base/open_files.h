// How many files and connections this process may have open (RLIMIT_NOFILE).
#pragma once

#include <cstdint>

#include "cnnselect/result.h"

namespace cnnselect {

/// Raises the process's own limit (soft) to what it is allowed to have (hard), for the usual 1,024
/// is there for programs that call select(2), and returns it. Errors: kUnavailable.
Result<std::uint64_t> raise_open_files_limit();

}  // namespace cnnselect
