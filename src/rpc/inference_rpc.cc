#include "rpc/inference_rpc.h"

#include <string>
#include <utility>

#include "net/oip_repository.h"
#include "rpc/call_facts.h"
#include "rpc/infer_reactor.h"
#include "rpc/messages.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

constexpr std::string_view kModelInfer = "/inference.GRPCInferenceService/ModelInfer";

/// Nothing may be touched after it: the call, its context and its reactor are over.
void end(grpc::ServerUnaryReactor& reactor, grpc::CallbackServerContext& context,
         const Status& outcome) {
  if (outcome) return reactor.Finish(grpc::Status::OK);
  for (const auto& [key, value] : trailers_of(outcome.error())) {
    context.AddTrailingMetadata(key, value);
  }
  reactor.Finish(status_of(outcome.error()));
}

grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext& context, const Status& outcome = {}) {
  auto* const reactor = context.DefaultReactor();
  end(*reactor, context, outcome);
  return reactor;
}

/// Answers a question about one model: `write` makes the message of what the service says.
template <class Request, class Response, class Write>
grpc::ServerUnaryReactor* about_model(grpc::CallbackServerContext& context,
                                      const net::InferenceApi& api, const Request& request,
                                      Response& response, Write write) {
  if (const Status legal = check_version(request.name(), request.version()); !legal) {
    return finish(context, legal);
  }
  const auto model = api.model(request.name(), request.version());
  if (!model) return finish(context, std::unexpected(model.error()));
  response = write(*model);
  return finish(context);
}

/// Does something about shared memory, where that is offered.
template <class Act>
grpc::ServerUnaryReactor* with_memory(grpc::CallbackServerContext& context,
                                      net::SharedMemory* memory, Act act) {
  if (memory != nullptr) return finish(context, act(*memory));
  return finish(context,
                fail(ErrorCode::kUnsupported, "shared memory is not offered by this server"));
}

/// Loads or unloads, as `act(name, reply)` does.
template <class Request, class Act>
grpc::ServerUnaryReactor* control(grpc::CallbackServerContext& context, const Request& request,
                                  Act act) {
  for (const auto& [key, value] : request.parameters()) {
    const Status offered = net::check_load_parameter(key);
    if (!offered) return finish(context, offered);
  }
  // As some dialects have it: the model's name in the place of the repository's.
  const std::string& name =
      request.model_name().empty() ? request.repository_name() : request.model_name();
  auto* const reactor = context.DefaultReactor();
  act(name, [reactor, &context](const Result<void>& done) { end(*reactor, context, done); });
  return reactor;
}

}  // namespace

grpc::ServerGenericBidiReactor* InferenceRpc::Generic::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  if (context->method() == kModelInfer) return start_infer(world_, *context);
  return grpc::CallbackGenericService::CreateReactor(context);  // UNIMPLEMENTED
}

grpc::ServerUnaryReactor* InferenceRpc::ServerLive(Context* context,
                                                   const inference::ServerLiveRequest* /*request*/,
                                                   inference::ServerLiveResponse* response) {
  response->set_live(api_.state().live);
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::ServerReady(
    Context* context, const inference::ServerReadyRequest* /*request*/,
    inference::ServerReadyResponse* response) {
  response->set_ready(api_.state().ready);
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelReady(Context* context,
                                                   const inference::ModelReadyRequest* request,
                                                   inference::ModelReadyResponse* response) {
  if (const Status legal = check_version(request->name(), request->version()); !legal) {
    return finish(*context, legal);
  }
  // One that there is not is not ready, which is no error here.
  const auto model = api_.model(request->name(), request->version());
  response->set_ready(model.has_value() && model->ready);
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::ServerMetadata(
    Context* context, const inference::ServerMetadataRequest* /*request*/,
    inference::ServerMetadataResponse* response) {
  *response = server_message(api_.state());
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelMetadata(
    Context* context, const inference::ModelMetadataRequest* request,
    inference::ModelMetadataResponse* response) {
  return about_model(*context, api_, *request, *response, metadata_message);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelConfig(Context* context,
                                                    const inference::ModelConfigRequest* request,
                                                    inference::ModelConfigResponse* response) {
  return about_model(*context, api_, *request, *response, config_message);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelStatistics(
    Context* context, const inference::ModelStatisticsRequest* request,
    inference::ModelStatisticsResponse* response) {
  const auto statistics = api_.statistics(request->name(), request->version());
  if (!statistics) return finish(*context, std::unexpected(statistics.error()));
  *response = statistics_message(*statistics);
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryIndex(
    Context* context, const inference::RepositoryIndexRequest* request,
    inference::RepositoryIndexResponse* response) {
  *response = index_message(net::repository_index(api_, request->ready()));
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryModelLoad(
    Context* context, const inference::RepositoryModelLoadRequest* request,
    inference::RepositoryModelLoadResponse* /*response*/) {
  return control(*context, *request, [this](const std::string& name, net::Reply<void> reply) {
    api_.load(name, std::move(reply));
  });
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryModelUnload(
    Context* context, const inference::RepositoryModelUnloadRequest* request,
    inference::RepositoryModelUnloadResponse* /*response*/) {
  return control(*context, *request, [this](const std::string& name, net::Reply<void> reply) {
    api_.unload(name, std::move(reply));
  });
}

grpc::ServerUnaryReactor* InferenceRpc::LogSettings(Context* context,
                                                    const inference::LogSettingsRequest* request,
                                                    inference::LogSettingsResponse* response) {
  if (!request->settings().empty()) {
    const auto settings = changed_log_settings(log_settings(), *request);
    if (!settings) return finish(*context, std::unexpected(settings.error()));
    if (const Status set = api_.set_log(*settings); !set) return finish(*context, set);
  }
  *response = log_message(log_settings());
  return finish(*context);
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryStatus(
    Context* context, const inference::SystemSharedMemoryStatusRequest* request,
    inference::SystemSharedMemoryStatusResponse* response) {
  return with_memory(*context, world_.memory, [&](net::SharedMemory& memory) -> Status {
    const auto regions = memory.regions(request->name());
    if (!regions) return std::unexpected(regions.error());
    *response = regions_message(*regions);
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryRegister(
    Context* context, const inference::SystemSharedMemoryRegisterRequest* request,
    inference::SystemSharedMemoryRegisterResponse* /*response*/) {
  return with_memory(*context, world_.memory, [&](net::SharedMemory& memory) {
    return memory.add({.name = request->name(),
                       .key = request->key(),
                       .offset = request->offset(),
                       .size = request->byte_size()});
  });
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryUnregister(
    Context* context, const inference::SystemSharedMemoryUnregisterRequest* request,
    inference::SystemSharedMemoryUnregisterResponse* /*response*/) {
  return with_memory(*context, world_.memory, [&](net::SharedMemory& memory) -> Status {
    memory.remove(request->name());
    return {};
  });
}

StreamReactor* InferenceRpc::ModelStreamInfer(Context* context) {
  return start_stream(world_, *context);
}

}  // namespace cnnselect::rpc
