// InferResponse to HTTP: JSON, followed by the binary tensors when outputs were asked for in
// binary. Pure; any thread.
#pragma once

#include "cnnselect/result.h"
#include "net/http_message.h"
#include "net/inference_api.h"

namespace cnnselect::net {

/// With binary outputs the body is JSON and then their bytes in order,
/// `Inference-Header-Content-Length` says where the JSON ends and the type is
/// application/octet-stream; else application/json. Errors: kInternal: an output's bytes are not
/// those of its shape and datatype; kInvalidArgument: a datatype that JSON cannot carry.
Result<HttpResponse> write_infer_response(const InferResponse& response);

}  // namespace cnnselect::net
