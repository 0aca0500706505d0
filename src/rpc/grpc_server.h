// GrpcServer: the Open Inference Protocol over gRPC, with grpc.health.v1 and server reflection. It
// takes no compressed messages (UNIMPLEMENTED).
#pragma once

#include <cstddef>
#include <memory>

#include "access/key_ring.h"
#include "api/inference_api.h"
#include "api/rights.h"
#include "api/trace_sampling.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "oip/shared_memory.h"
#include "rpc/door.h"

namespace cnnselect::rpc {

struct GrpcServerOptions {
  DoorOptions door;  ///< GrpcServer::port() tells which port it is
  std::size_t max_message_bytes = std::size_t{64} << 20U;  ///< of a request
  Duration message_timeout = std::chrono::seconds(60);     ///< for a whole message of ModelInfer
  Rights rights;
  KeyRing* keys = nullptr;          ///< null: everybody may call; outlives the server
  SharedMemory* memory = nullptr;   ///< null: not offered; outlives the server
  TraceSampling* traces = nullptr;  ///< null: nothing is recorded; outlives the server
};

class GrpcServer {
 public:
  /// Binds, listens and starts gRPC's threads. `api` and `clock` outlive the server; `clock` gives
  /// the stamps of requests. Errors: as Door::open.
  static Result<std::unique_ptr<GrpcServer>> start(const GrpcServerOptions& options,
                                                   InferenceApi& api, const Clock& clock);
  virtual ~GrpcServer() = default;  ///< ends every call at once

  virtual std::uint16_t port() const = 0;

  /// What grpc.health.v1 tells, of the server ("") and of inference.GRPCInferenceService; false
  /// until set.
  virtual void set_serving(bool serving) = 0;

  /// Takes no new calls, lets those under way end and returns when all have; false when `when`
  /// passed first, and the rest was cancelled.
  virtual bool shut_down(TimePoint when) = 0;
};

}  // namespace cnnselect::rpc
