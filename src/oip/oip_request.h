// The Open Inference Protocol's inference request over HTTP, from body to InferRequest: plain
// JSON, JSON followed by binary tensors (the binary extension), or one bare tensor.
//
// Everything about the request itself is checked here: JSON, datatypes, counts, byte sizes. What
// the model accepts is the service's to check. Strict where a mistake would give a wrong answer
// (counts, sizes, duplicate names, bounds of hints), lenient where the protocol is open (unknown
// fields and parameters are ignored). Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/inference_api.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// Bytes of JSON at the front of the body, from the header `Inference-Header-Content-Length`; the
/// whole body without that header. 0 means that the body is one bare tensor. Errors:
/// kInvalidArgument: not a whole number from 0 to `body_size`.
Result<std::size_t> json_length(std::optional<std::string_view> header, std::size_t body_size);

/// Reads a request whose first `json_size` bytes (> 0, at most the body) are JSON. `hints` are
/// those told elsewhere; `parameters` overwrite them. Fills id, hints, inputs, outputs,
/// binary_by_default, body and storage. Errors: kInvalidArgument, kUnsupported (shared memory).
Result<InferRequest> parse_infer_request(std::string body, std::size_t json_size,
                                         RequestHints hints);

/// Reads a body that is the bytes of `model`'s only input and nothing else. A batch of one; one
/// further free dimension follows from the number of bytes; a BYTES input gets the body as its one
/// element. The outputs are binary. Errors: kInvalidArgument: the model has several inputs or free
/// dimensions, or the size does not fit.
Result<InferRequest> parse_bare_tensor(std::string body, const ModelInfo& model,
                                       RequestHints hints);

}  // namespace cnnselect
