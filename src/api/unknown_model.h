// Which of two mistakes a client is told. Any thread.
#pragma once

#include <string_view>

#include "api/inference_api.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// That there is no such model or version, if so; else `wrong`, what is wrong with the request
/// itself. Only asked when something is wrong: of an unknown model infer() tells by itself.
Error unknown_model_first(const InferenceApi& api, std::string_view model, std::string_view version,
                          const Error& wrong);

}  // namespace cnnselect
