// What every call of the gRPC server works with.
#pragma once

#include "cnnselect/time.h"
#include "net/inference_api.h"
#include "net/shared_memory.h"
#include "rpc/open_calls.h"

namespace cnnselect::rpc {

/// Everything in it outlives the calls.
struct CallWorld {
  net::InferenceApi& api;
  const Clock& clock;
  OpenCalls& calls;
  net::SharedMemory* memory;  ///< null: not offered
};

}  // namespace cnnselect::rpc
