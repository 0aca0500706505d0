// inference.ModelInferRequest to InferRequest: tensors as raw bytes or as typed contents. The rules
// and the messages of the errors are those of the JSON form. Pure; any thread.
#pragma once

#include <string>

#include "api/inference_api.h"
#include "cnnselect/result.h"
#include "proto/open_inference.pb.h"

namespace cnnselect::rpc {

/// `hints` are those of the call's metadata; the message's parameters overwrite them. Fills all of
/// the request but its arrival; `message` gives its tensors away. Errors: kInvalidArgument,
/// kUnsupported (shared memory).
Result<InferRequest> read_infer_request(inference::ModelInferRequest message, RequestHints hints);

/// Whom a message asks for. No version: none that can be one.
struct NamedModel {
  std::string name;
  std::string version;
};
NamedModel named_model(const inference::ModelInferRequest& message);

}  // namespace cnnselect::rpc
