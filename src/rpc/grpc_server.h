// GrpcServer: the Open Inference Protocol over gRPC, with grpc.health.v1 and server reflection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "net/inference_api.h"
#include "net/shared_memory.h"

namespace cnnselect::rpc {

struct GrpcServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: the kernel picks; GrpcServer::port() tells
  std::size_t max_message_bytes = std::size_t{64} << 20U;  ///< of a request, also when inflated
};

class GrpcServer {
 public:
  /// Binds, listens and starts gRPC's threads. `api` and `clock` outlive the server; `clock` gives
  /// the stamps of requests; no `memory`: shared memory is not offered. Errors: kUnavailable
  /// (address and port are named).
  static Result<std::unique_ptr<GrpcServer>> start(const GrpcServerOptions& options,
                                                   net::InferenceApi& api, const Clock& clock,
                                                   net::SharedMemory* memory = nullptr);
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
