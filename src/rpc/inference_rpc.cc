#include "rpc/inference_rpc.h"

#include <string>
#include <utility>

#include "base/log_settings.h"
#include "oip/oip_repository.h"
#include "oip/oip_trace.h"
#include "rpc/call_facts.h"
#include "rpc/infer_reactor.h"
#include "rpc/messages.h"
#include "rpc/status.h"

namespace cnnselect::rpc {
namespace {

constexpr std::string_view kService = "/inference.GRPCInferenceService/";

bool is_call_of(Operation operation, std::string_view method) {
  return method.starts_with(kService) && method.substr(kService.size()) == facts_of(operation).rpc;
}

/// Nothing may be touched after it: the call, its context and its reactor are over.
void end(grpc::ServerUnaryReactor& reactor, grpc::CallbackServerContext& context,
         const Status& outcome) {
  if (outcome) return reactor.Finish(grpc::Status::OK);
  for (const auto& [key, value] : trailers_of(outcome.error())) {
    context.AddTrailingMetadata(key, value);
  }
  reactor.Finish(status_of(outcome.error()));
}

grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext& context, const Status& outcome) {
  auto* const reactor = context.DefaultReactor();
  end(*reactor, context, outcome);
  return reactor;
}

/// Lets the call in, and ends it as `act()` says.
template <class Act>
grpc::ServerUnaryReactor* answer(const CallWorld& world, grpc::CallbackServerContext& context,
                                 Operation operation, Act act) {
  auto admission = admit(world, context, operation);
  if (!admission) return finish(context, std::unexpected(admission.error()));
  const Status outcome = act();
  admission->reset();  // first: a client that has its answer may ask again at once
  return finish(context, outcome);
}

/// Answers a question about one model: `write` makes the message of what the service says.
template <class Request, class Response, class Write>
grpc::ServerUnaryReactor* about_model(const CallWorld& world, grpc::CallbackServerContext& context,
                                      Operation operation, const Request& request,
                                      Response& response, Write write) {
  return answer(world, context, operation, [&]() -> Status {
    const Status legal = check_version(request.name(), request.version());
    if (!legal) return legal;
    const auto model = world.api.model(request.name(), request.version());
    if (!model) return std::unexpected(model.error());
    response = write(*model);
    return {};
  });
}

/// Does something about shared memory, where that is offered.
template <class Act>
grpc::ServerUnaryReactor* with_memory(const CallWorld& world, grpc::CallbackServerContext& context,
                                      Operation operation, Act act) {
  return answer(world, context, operation, [&]() -> Status {
    if (world.memory != nullptr) return act(*world.memory);
    return fail(ErrorCode::kUnsupported, "shared memory is not offered by this server");
  });
}

template <class Request>
Status check_parameters(const Request& request) {
  for (const auto& [key, value] : request.parameters()) {
    if (const Status offered = check_load_parameter(key); !offered) return offered;
  }
  return {};
}

/// Loads or unloads, as `act(name, reply)` does.
template <class Request, class Act>
grpc::ServerUnaryReactor* control(const CallWorld& world, grpc::CallbackServerContext& context,
                                  Operation operation, const Request& request, Act act) {
  auto admission = admit(world, context, operation);
  if (!admission) return finish(context, std::unexpected(admission.error()));
  if (const Status legal = check_parameters(request); !legal) return finish(context, legal);
  if (const Status opened = world.calls.open(); !opened) return finish(context, opened);
  // As some dialects have it: the model's name in the place of the repository's.
  const std::string& name =
      request.model_name().empty() ? request.repository_name() : request.model_name();
  auto* const reactor = context.DefaultReactor();
  act(name, [reactor, &context, &calls = world.calls,
             admitted = *std::move(admission)](const Result<void>& done) mutable {
    admitted.reset();
    calls.done();  // before the end, after which a server that stops waits for nothing more
    end(*reactor, context, done);
  });
  return reactor;
}

}  // namespace

grpc::ServerGenericBidiReactor* InferenceRpc::Generic::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  if (is_call_of(Operation::kInfer, context->method())) return start_infer(world_, *context);
  if (is_call_of(Operation::kStreamInfer, context->method())) return start_stream(world_, *context);
  return grpc::CallbackGenericService::CreateReactor(context);  // UNIMPLEMENTED
}

grpc::ServerUnaryReactor* InferenceRpc::ServerLive(Context* context,
                                                   const inference::ServerLiveRequest* /*request*/,
                                                   inference::ServerLiveResponse* response) {
  return answer(world_, *context, Operation::kLive, [&]() -> Status {
    response->set_live(api_.state().live);
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::ServerReady(
    Context* context, const inference::ServerReadyRequest* /*request*/,
    inference::ServerReadyResponse* response) {
  return answer(world_, *context, Operation::kReady, [&]() -> Status {
    response->set_ready(api_.state().ready);
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::ModelReady(Context* context,
                                                   const inference::ModelReadyRequest* request,
                                                   inference::ModelReadyResponse* response) {
  return answer(world_, *context, Operation::kModelReady, [&]() -> Status {
    const Status legal = check_version(request->name(), request->version());
    if (!legal) return legal;
    // One that there is not is not ready, which is no error here.
    const auto model = api_.model(request->name(), request->version());
    response->set_ready(model.has_value() && model->ready);
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::ServerMetadata(
    Context* context, const inference::ServerMetadataRequest* /*request*/,
    inference::ServerMetadataResponse* response) {
  return answer(world_, *context, Operation::kServerMetadata, [&]() -> Status {
    *response = server_message(state_for(api_, world_.rights, world_.memory != nullptr));
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::ModelMetadata(
    Context* context, const inference::ModelMetadataRequest* request,
    inference::ModelMetadataResponse* response) {
  return about_model(world_, *context, Operation::kModelMetadata, *request, *response,
                     metadata_message);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelConfig(Context* context,
                                                    const inference::ModelConfigRequest* request,
                                                    inference::ModelConfigResponse* response) {
  return about_model(world_, *context, Operation::kModelConfig, *request, *response,
                     config_message);
}

grpc::ServerUnaryReactor* InferenceRpc::ModelStatistics(
    Context* context, const inference::ModelStatisticsRequest* request,
    inference::ModelStatisticsResponse* response) {
  return answer(world_, *context, Operation::kModelStatistics, [&]() -> Status {
    const auto statistics = api_.statistics(request->name(), request->version());
    if (!statistics) return std::unexpected(statistics.error());
    *response = statistics_message(*statistics);
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryIndex(
    Context* context, const inference::RepositoryIndexRequest* request,
    inference::RepositoryIndexResponse* response) {
  return answer(world_, *context, Operation::kIndex, [&]() -> Status {
    *response = index_message(repository_index(api_, request->ready()));
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryModelLoad(
    Context* context, const inference::RepositoryModelLoadRequest* request,
    inference::RepositoryModelLoadResponse* /*response*/) {
  return control(
      world_, *context, Operation::kLoad, *request,
      [this](const std::string& name, Reply<void> reply) { api_.load(name, std::move(reply)); });
}

grpc::ServerUnaryReactor* InferenceRpc::RepositoryModelUnload(
    Context* context, const inference::RepositoryModelUnloadRequest* request,
    inference::RepositoryModelUnloadResponse* /*response*/) {
  return control(
      world_, *context, Operation::kUnload, *request,
      [this](const std::string& name, Reply<void> reply) { api_.unload(name, std::move(reply)); });
}

grpc::ServerUnaryReactor* InferenceRpc::LogSettings(Context* context,
                                                    const inference::LogSettingsRequest* request,
                                                    inference::LogSettingsResponse* response) {
  const bool changes = !request->settings().empty();
  const Operation operation = changes ? Operation::kChangeLogSettings : Operation::kLogSettings;
  return answer(world_, *context, operation, [&]() -> Status {
    if (changes) {
      const auto settings = changed_log_settings(log_settings(), *request);
      if (!settings) return std::unexpected(settings.error());
      set_log_settings(*settings);
    }
    *response = log_message(log_settings());
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::TraceSetting(Context* context,
                                                     const inference::TraceSettingRequest* request,
                                                     inference::TraceSettingResponse* response) {
  TraceSampling* const traces = world_.traces;
  const bool changes = !request->settings().empty();
  const Operation operation = changes ? Operation::kChangeTraceSettings : Operation::kTraceSettings;
  return answer(world_, *context, operation, [&]() -> Status {
    if (traces == nullptr) return fail(ErrorCode::kUnsupported, std::string(kTracesNotOffered));
    const std::string& name = request->model_name();
    if (!name.empty()) {
      const auto model = api_.model(name, "");
      if (!model) return std::unexpected(model.error());
    }
    if (changes) {
      const Status set = traces->change(name, [request](const TraceOverrides& before) {
        return changed_trace_settings(before, *request);
      });
      if (!set) return set;
    }
    *response = trace_message(traces->settings(name));
    return {};
  });
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryStatus(
    Context* context, const inference::SystemSharedMemoryStatusRequest* request,
    inference::SystemSharedMemoryStatusResponse* response) {
  return with_memory(world_, *context, Operation::kSharedStatus,
                     [&](SharedMemory& memory) -> Status {
                       const auto regions = memory.regions(request->name());
                       if (!regions) return std::unexpected(regions.error());
                       *response = regions_message(*regions);
                       return {};
                     });
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryRegister(
    Context* context, const inference::SystemSharedMemoryRegisterRequest* request,
    inference::SystemSharedMemoryRegisterResponse* /*response*/) {
  return with_memory(world_, *context, Operation::kSharedRegister, [&](SharedMemory& memory) {
    return memory.add({.name = request->name(),
                       .key = request->key(),
                       .offset = request->offset(),
                       .size = request->byte_size()});
  });
}

grpc::ServerUnaryReactor* InferenceRpc::SystemSharedMemoryUnregister(
    Context* context, const inference::SystemSharedMemoryUnregisterRequest* request,
    inference::SystemSharedMemoryUnregisterResponse* /*response*/) {
  return with_memory(world_, *context, Operation::kSharedRemove,
                     [&](SharedMemory& memory) -> Status {
                       memory.remove(request->name());
                       return {};
                     });
}

}  // namespace cnnselect::rpc
