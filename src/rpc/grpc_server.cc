#include "rpc/grpc_server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_posix.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "rpc/inference_rpc.h"

namespace cnnselect::rpc {
namespace {

/// Calls under way on one connection; a client that has more waits with the rest.
constexpr int kCallsPerConnection = 256;
/// Who says nothing for so long while calls are open is gone.
constexpr int kSilenceMs = 60'000;
/// Who has no call under way for so long has to connect again.
constexpr int kIdleMs = 300'000;
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
  Server(const GrpcServerOptions& options, InferenceApi& api, const Clock& clock,
         std::unique_ptr<Door> door)
      : message_timeout_(options.message_timeout),
        door_(std::move(door)),
        service_(api, clock, *door_, options.rights, options.keys, options.memory, options.traces) {
  }
  ~Server() override {
    door_->close();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
    cutter_.request_stop();
    pause_.notify_all();
    door_->stop();  // before the server goes to which it gives connections
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Status start(std::size_t max_message_bytes) {
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(static_cast<int>(
        std::min<std::size_t>(max_message_bytes, std::numeric_limits<int>::max())));
    builder.SetMaxSendMessageSize(-1);  // an answer is as large as it is
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsPerConnection);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kSilenceMs);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMs);
    // gRPC inflates the whole of a message before it looks at its size, whoever sends it.
    for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
      builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
    }
    builder.RegisterService(&service_);
    builder.RegisterCallbackGenericService(&service_.generic());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return fail(ErrorCode::kInternal, "gRPC did not start");
    set_serving(false);
    cutter_ = std::jthread([this](const std::stop_token& stop) { cut_off_the_slow(stop); });
    door_->start([this](int fd) { grpc::AddInsecureChannelFromFd(server_.get(), fd); });
    return {};
  }

  std::uint16_t port() const override { return door_->port(); }

  void set_serving(bool serving) override {
    auto* const health = server_->GetHealthCheckService();
    health->SetServingStatus(serving);
    health->SetServingStatus(std::string(inference::GRPCInferenceService::service_full_name()),
                             serving);
  }

  bool shut_down(TimePoint when) override {
    door_->close();
    const bool all_done = service_.calls().close(when);
    // Tells the clients to hang up, cancels what is left and waits for that to end.
    server_->Shutdown(std::chrono::system_clock::now() + kHangUp);
    door_->see_out(when);
    return all_done;
  }

 private:
  void cut_off_the_slow(const std::stop_token& stop) {
    const Duration step = std::min<Duration>(message_timeout_ / 4, std::chrono::seconds(1));
    const MutexLock lock(mutex_);
    while (!stop.stop_requested()) {
      pause_.wait_until(mutex_, RealClock().now() + step);  // as all timeouts of the network
      service_.slow().cut_off_before(RealClock().now() - message_timeout_);
    }
  }

  const Duration message_timeout_;
  std::unique_ptr<Door> door_;
  InferenceRpc service_;
  std::unique_ptr<grpc::Server> server_;
  Mutex mutex_;  // guards nothing: what a pause waits with
  CondVar pause_;
  std::jthread cutter_;
};

}  // namespace

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(const GrpcServerOptions& options,
                                                      InferenceApi& api, const Clock& clock) {
  set_up_grpc();
  auto door = Door::open(options.door);
  if (!door) return std::unexpected(door.error());
  auto server = std::make_unique<Server>(options, api, clock, *std::move(door));
  if (const Status started = server->start(options.max_message_bytes); !started) {
    return std::unexpected(started.error());
  }
  return server;
}

}  // namespace cnnselect::rpc
