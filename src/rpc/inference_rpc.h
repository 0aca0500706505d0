// InferenceRpc: inference.GRPCInferenceService, from messages to InferenceApi and back. Calls that
// ask and are answered at once are here; those that infer go to reactors of their own by way of
// generic(). Thread-safe, as InferenceApi is.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "proto/open_inference.grpc.pb.h"
#include "rpc/call_world.h"
#include "rpc/stream_reactor.h"

namespace cnnselect::rpc {

/// The two that take tensors are taken out of the generated service: it reads and parses a message
/// before it calls, and the time of the upload would be lost, and the chance to refuse unparsed.
using GeneratedService = inference::GRPCInferenceService::WithGenericMethod_ModelInfer<
    inference::GRPCInferenceService::WithGenericMethod_ModelStreamInfer<
        inference::GRPCInferenceService::CallbackService>>;

class InferenceRpc final : public GeneratedService {
 public:
  /// All outlive the service and its calls. No keys, no shared memory, nothing recorded where those
  /// are null.
  InferenceRpc(InferenceApi& api, const Clock& clock, Door& door, Rights rights, KeyRing* keys,
               SharedMemory* memory, TraceSampling* traces)
      : api_(api),
        world_{api, clock, calls_, slow_, door, rights, keys, memory, traces},
        generic_(world_) {}

  /// Inferences, those of streams one by one; the other methods answer at once.
  OpenCalls& calls() { return calls_; }

  /// Inferences whose message is on its way.
  SlowCalls& slow() { return slow_; }

  /// To be registered beside the service itself.
  grpc::CallbackGenericService& generic() { return generic_; }

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;

  Unary* ServerLive(Context* context, const inference::ServerLiveRequest* request,
                    inference::ServerLiveResponse* response) override;
  Unary* ServerReady(Context* context, const inference::ServerReadyRequest* request,
                     inference::ServerReadyResponse* response) override;
  Unary* ModelReady(Context* context, const inference::ModelReadyRequest* request,
                    inference::ModelReadyResponse* response) override;
  Unary* ServerMetadata(Context* context, const inference::ServerMetadataRequest* request,
                        inference::ServerMetadataResponse* response) override;
  Unary* ModelMetadata(Context* context, const inference::ModelMetadataRequest* request,
                       inference::ModelMetadataResponse* response) override;
  Unary* ModelConfig(Context* context, const inference::ModelConfigRequest* request,
                     inference::ModelConfigResponse* response) override;
  Unary* ModelStatistics(Context* context, const inference::ModelStatisticsRequest* request,
                         inference::ModelStatisticsResponse* response) override;
  Unary* RepositoryIndex(Context* context, const inference::RepositoryIndexRequest* request,
                         inference::RepositoryIndexResponse* response) override;
  Unary* RepositoryModelLoad(Context* context, const inference::RepositoryModelLoadRequest* request,
                             inference::RepositoryModelLoadResponse* response) override;
  Unary* RepositoryModelUnload(Context* context,
                               const inference::RepositoryModelUnloadRequest* request,
                               inference::RepositoryModelUnloadResponse* response) override;
  Unary* LogSettings(Context* context, const inference::LogSettingsRequest* request,
                     inference::LogSettingsResponse* response) override;
  Unary* TraceSetting(Context* context, const inference::TraceSettingRequest* request,
                      inference::TraceSettingResponse* response) override;
  Unary* SystemSharedMemoryStatus(Context* context,
                                  const inference::SystemSharedMemoryStatusRequest* request,
                                  inference::SystemSharedMemoryStatusResponse* response) override;
  Unary* SystemSharedMemoryRegister(
      Context* context, const inference::SystemSharedMemoryRegisterRequest* request,
      inference::SystemSharedMemoryRegisterResponse* response) override;
  Unary* SystemSharedMemoryUnregister(
      Context* context, const inference::SystemSharedMemoryUnregisterRequest* request,
      inference::SystemSharedMemoryUnregisterResponse* response) override;

 private:
  class Generic final : public grpc::CallbackGenericService {
   public:
    explicit Generic(const CallWorld& world) : world_(world) {}
    grpc::ServerGenericBidiReactor* CreateReactor(
        grpc::GenericCallbackServerContext* context) override;

   private:
    const CallWorld& world_;
  };

  InferenceApi& api_;
  OpenCalls calls_;
  SlowCalls slow_;
  const CallWorld world_;
  Generic generic_;
};

}  // namespace cnnselect::rpc
