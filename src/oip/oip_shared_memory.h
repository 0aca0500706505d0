// The JSON of the Open Inference Protocol's system_shared_memory extension. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cnnselect/result.h"
#include "oip/shared_memory.h"

namespace cnnselect {

/// POST /v2/systemsharedmemory/region/{name}/register: `{"key":"/k","offset":0,"byte_size":64}`,
/// without an offset 0. Errors: kInvalidArgument.
Result<SharedRegion> parse_shared_region(std::string name, std::string_view body);

/// The status: an array of `{"name","key","offset","byte_size"}`.
std::string shared_regions_json(std::span<const SharedRegion> regions);

}  // namespace cnnselect
