// What every call of the gRPC server works with.
#pragma once

#include "access/key_ring.h"
#include "api/inference_api.h"
#include "api/rights.h"
#include "api/trace_sampling.h"
#include "cnnselect/time.h"
#include "oip/shared_memory.h"
#include "rpc/door.h"
#include "rpc/open_calls.h"
#include "rpc/slow_calls.h"

namespace cnnselect::rpc {

/// Everything in it outlives the calls.
struct CallWorld {
  InferenceApi& api;
  const Clock& clock;
  OpenCalls& calls;
  SlowCalls& slow;
  Door& door;
  Rights rights;
  KeyRing* keys;          ///< null: no key is wanted
  SharedMemory* memory;   ///< null: not offered
  TraceSampling* traces;  ///< null: nothing is recorded
};

}  // namespace cnnselect::rpc
