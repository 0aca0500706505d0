// The description of every HTTP route, in OpenAPI 3.1: src/routes/openapi.json, built into the
// program. A test compares it with the table of operations.
#pragma once

#include <string_view>

namespace cnnselect {

/// JSON; lives as long as the program.
std::string_view openapi_text();

}  // namespace cnnselect
