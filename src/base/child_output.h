// Another program's answer: it is run, waited for, and what it printed is given back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// Runs `program` with `arguments` (without its name), and gives what it printed on standard
/// output. Its standard error is ours. Blocks; any thread. Errors: kUnavailable when it cannot be
/// started, kInternal when it does not end with status 0.
Result<std::string> child_output(const std::filesystem::path& program,
                                 std::vector<std::string> arguments);

}  // namespace cnnselect
