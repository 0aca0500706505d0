// InferResponse to the body of an HTTP answer: JSON, followed by the binary tensors when outputs
// were asked for in binary. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "api/inference_api.h"
#include "cnnselect/result.h"

namespace cnnselect {

struct InferBody {
  std::string bytes;
  /// Where the JSON ends and the outputs' bytes begin, for `Inference-Header-Content-Length`;
  /// nothing where all of it is JSON.
  std::optional<std::size_t> json_size;
};

/// With binary outputs the JSON and then their bytes in order. Errors: kInternal: an output's bytes
/// are not those of its shape and datatype; kInvalidArgument: a datatype that JSON cannot carry.
Result<InferBody> write_infer_response(const InferResponse& response);

}  // namespace cnnselect
