// Policies from shared objects (include/cnnselect/policy_plugin.h). What is loaded stays loaded.
#pragma once

#include <span>
#include <string>

#include "cnnselect/result.h"
#include "select/registry.h"

namespace cnnselect {

/// Adds the policies of the shared object `file` to `registry`; a path without '/' is one in the
/// current folder. Runs the object's own code. Errors name the file and what is wrong: kNotFound;
/// kInvalidArgument if it is no shared object, has no policies, is of another version, or if a
/// policy's name is taken or it breaks a rule (PolicyRegistry::add).
Status load_policy_plugin(const std::string& file, PolicyRegistry& registry);

/// Our own policies and those of `files`. Logs what came from where. Errors as above.
Result<PolicyRegistry> load_policy_plugins(std::span<const std::string> files);

}  // namespace cnnselect
