// What every call of the gRPC server works with.
#pragma once

#include "access/key_ring.h"
#include "cnnselect/time.h"
#include "net/inference_api.h"
#include "net/rights.h"
#include "net/shared_memory.h"
#include "net/trace_sampling.h"
#include "rpc/door.h"
#include "rpc/open_calls.h"
#include "rpc/slow_calls.h"

namespace cnnselect::rpc {

/// Everything in it outlives the calls.
struct CallWorld {
  net::InferenceApi& api;
  const Clock& clock;
  OpenCalls& calls;
  SlowCalls& slow;
  Door& door;
  net::Rights rights;
  KeyRing* keys;               ///< null: no key is wanted
  net::SharedMemory* memory;   ///< null: not offered
  net::TraceSampling* traces;  ///< null: nothing is recorded
};

}  // namespace cnnselect::rpc
