#include "rpc/grpc_server.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "rpc/inference_rpc.h"

namespace cnnselect::rpc {
namespace {

/// For clients with nothing under way to notice that the server closes.
constexpr auto kHangUp = std::chrono::milliseconds(100);

/// What gRPC has to say goes where the rest of the product says it.
void log(gpr_log_func_args* line) {
  const auto level = line->severity == GPR_LOG_SEVERITY_ERROR  ? spdlog::level::warn
                     : line->severity == GPR_LOG_SEVERITY_INFO ? spdlog::level::info
                                                               : spdlog::level::debug;
  spdlog::log(level, "gRPC: {}", line->message);
}

/// For the whole process, and before its first server.
void set_up_grpc() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(log);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

class Server final : public GrpcServer {
 public:
  Server(net::InferenceApi& api, const Clock& clock, net::SharedMemory* memory)
      : service_(api, clock, memory) {}
  ~Server() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status listen(const GrpcServerOptions& options) {
    const bool is_v6 = options.address.contains(':');
    const std::string address =
        fmt::format(fmt::runtime(is_v6 ? "[{}]:{}" : "{}:{}"), options.address, options.port);
    const auto max_message = static_cast<int>(
        std::min<std::size_t>(options.max_message_bytes, std::numeric_limits<int>::max()));
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(max_message);
    builder.SetMaxSendMessageSize(-1);  // an answer is as large as it is
    // Else two servers on one port would each get half of the calls, and nobody would know.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(&service_);
    builder.RegisterCallbackGenericService(&service_.generic());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      server_.reset();
      return fail(ErrorCode::kUnavailable,
                  fmt::format("cannot listen on {} for gRPC: not a free address and port of this "
                              "machine",
                              address));
    }
    port_ = static_cast<std::uint16_t>(port);
    set_serving(false);
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void set_serving(bool serving) override {
    auto* const health = server_->GetHealthCheckService();
    health->SetServingStatus(serving);
    health->SetServingStatus(std::string(inference::GRPCInferenceService::service_full_name()),
                             serving);
  }

  bool shut_down(TimePoint when) override {
    const bool all_done = service_.calls().close(when);
    // Tells the clients to hang up, cancels what is left and waits for that to end.
    server_->Shutdown(std::chrono::system_clock::now() + kHangUp);
    return all_done;
  }

 private:
  InferenceRpc service_;
  std::unique_ptr<grpc::Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const GrpcServerOptions& options,
                                                      net::InferenceApi& api, const Clock& clock,
                                                      net::SharedMemory* memory) {
  set_up_grpc();
  auto server = std::make_unique<Server>(api, clock, memory);
  if (const Status listening = server->listen(options); !listening) {
    return std::unexpected(listening.error());
  }
  return server;
}

}  // namespace cnnselect::rpc
