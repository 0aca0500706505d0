// The bound on pixels, checked on what a file's header states, before anything is allocated.
#pragma once

#include <cstdint>
#include <string_view>

#include "image/decode.h"

namespace cnnselect {

/// `kind` names the file in the message, such as "PNG". Errors: kInvalidArgument (a side of zero),
/// kTooLarge (more pixels than `limits` allows). The sides are of 32 bits at most.
Status check_size(std::string_view kind, std::int64_t width, std::int64_t height,
                  const DecodeLimits& limits);

}  // namespace cnnselect
