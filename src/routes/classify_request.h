// A photo posted to /v1/families/{f}/classify, from HTTP to ClassifyRequest: the body is the photo,
// or a form (multipart/form-data) with the photo in the field `file` and hints in other fields.
//
// `top` (how many classes to name) and `id` (echoed) may be form fields or query parameters. This
// is our own interface, so a field or query parameter that nobody reads is an error: a mistyped SLA
// must not go unnoticed. Whether the bytes are a photo is the decoder's to say. Pure; any thread.
#pragma once

#include <string>

#include "api/inference_api.h"
#include "cnnselect/result.h"
#include "http/http_message.h"

namespace cnnselect {

/// Most classes that `top` may ask for.
inline constexpr int kMaxTop = 1000;

/// Errors: kInvalidArgument, naming the field.
Result<ClassifyRequest> read_classify_request(HttpRequest request, std::string family);

}  // namespace cnnselect
