// GET /: what this is, and where to go from here; for whoever opens the address in a browser. Pure;
// any thread.
#pragma once

#include <string>

#include "api/inference_api.h"

namespace cnnselect {

/// `{"name","version","description","links":{...}}`. The links are paths of the table of
/// operations, names in braces as there.
std::string welcome_json(const ServerState& state);

}  // namespace cnnselect
