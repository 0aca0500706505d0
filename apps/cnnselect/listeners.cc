#include "listeners.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <thread>
#include <utility>

#include "http/content_coding.h"
#include "routes/key_gate.h"
#include "routes/routes.h"

namespace cnnselect {
namespace {

std::string url_of(const char* scheme, bool tls, Address address, std::uint16_t port) {
  address.port = port;
  return scheme + std::string(tls ? "s://" : "://") + to_string(address);
}

bool is_open_to_others(const Address& address) {
  boost::system::error_code not_a_number;
  const auto parsed = boost::asio::ip::make_address(address.host, not_a_number);
  return not_a_number || !parsed.is_loopback();
}

/// With the option, and what to do where the port cannot be had.
Error cannot_open(const Error& error, std::string_view option, std::string_view instead) {
  Error told = error.within(option);
  if (error.code == ErrorCode::kUnavailable) {
    told.message += fmt::format("; give {} another HOST:PORT{}", option, instead);
  }
  return told;
}

}  // namespace

Warnings exposed_to_others(const ListenerOptions& options, const Credentials& credentials) {
  Warnings warnings;
  if (options.known_clients_only) return warnings;
  for (const auto& [option, address] :
       {std::pair("--http", std::optional(options.http)), std::pair("--grpc", options.grpc),
        std::pair("--admin", options.admin)}) {
    if (!address || !is_open_to_others(*address)) continue;
    const std::string open =
        fmt::format("{} {} is open to other machines", option, to_string(*address));
    if (credentials.keys() == nullptr) {
      warnings.push_back(open + ", and there are no --api-keys: whoever reaches it may use it");
    } else if (credentials.http_tls() == nullptr) {
      warnings.push_back(open +
                         ", and there is no --tls-certificate: API keys and photos can be read on "
                         "the way, unless a proxy in front has TLS");
    }
  }
  return warnings;
}

/// From the innermost handler to the socket.
struct Listeners::HttpStack {
  HttpStack(InferenceApi& api, Rights rights, SharedMemory* shared, TraceSampling* traces,
            std::size_t max_body_bytes)
      : routes(api, rights, shared, traces), bodies(routes, max_body_bytes) {}

  Routes routes;
  ContentCoding bodies;
  std::optional<KeyGate> gate;  ///< before a body is inflated
  std::unique_ptr<HttpServer> server;
};

Listeners::~Listeners() = default;

Result<std::unique_ptr<Listeners>> Listeners::open(const ListenerOptions& options,
                                                   InferenceApi& api,
                                                   const Credentials& credentials,
                                                   const Clock& clock) {
  std::unique_ptr<Listeners> made(new Listeners);
  if (options.shared_memory) {
    made->shared_ = std::make_unique<SharedMemory>(options.max_body_bytes);
  }
  auto http = made->open_http(options,
                              {.address = options.http.host,
                               .port = options.http.port,
                               .proxy_protocol = options.proxy_protocol,
                               .trusted_proxies = options.trusted_proxies},
                              options.rights, api, credentials, clock);
  if (!http) return std::unexpected(cannot_open(http.error(), "--http", ""));
  made->http_ = *std::move(http);
  const bool tls = credentials.http_tls() != nullptr;
  made->urls_.push_back(url_of("http", tls, options.http, made->http_->server->port()));
  if (options.grpc) {
    auto grpc = rpc::GrpcServer::start({.door = {.address = options.grpc->host,
                                                 .port = options.grpc->port,
                                                 .max_connections = options.max_connections,
                                                 .tls = credentials.grpc_tls()},
                                        .max_message_bytes = options.max_body_bytes,
                                        .rights = options.rights,
                                        .keys = credentials.keys(),
                                        .memory = made->shared_.get(),
                                        .traces = options.traces},
                                       api, clock);
    if (!grpc) return std::unexpected(cannot_open(grpc.error(), "--grpc", ", or --grpc off"));
    made->grpc_ = *std::move(grpc);
    made->urls_.push_back(url_of("grpc", tls, *options.grpc, made->grpc_->port()));
  }
  if (options.admin) {
    auto admin =
        made->open_http(options, {.address = options.admin->host, .port = options.admin->port},
                        {.models = true, .settings = true}, api, credentials, clock);
    if (!admin) return std::unexpected(cannot_open(admin.error(), "--admin", ", or --admin off"));
    made->admin_ = *std::move(admin);
    made->urls_.push_back("admin " +
                          url_of("http", tls, *options.admin, made->admin_->server->port()));
  }
  return made;
}

Result<std::unique_ptr<Listeners::HttpStack>> Listeners::open_http(const ListenerOptions& options,
                                                                   HttpServerOptions server,
                                                                   Rights rights, InferenceApi& api,
                                                                   const Credentials& credentials,
                                                                   const Clock& clock) {
  auto stack = std::make_unique<HttpStack>(api, rights, shared_.get(), options.traces,
                                           options.max_body_bytes);
  HttpHandler* outermost = &stack->bodies;
  if (credentials.keys() != nullptr) {
    outermost = &stack->gate.emplace(stack->bodies, *credentials.keys(), clock);
  }
  server.threads = options.http_threads;
  server.max_body_bytes = options.max_body_bytes;
  server.max_connections = options.max_connections;
  server.tls = credentials.http_tls();
  auto started = HttpServer::start(std::move(server), *outermost, clock);
  if (!started) return std::unexpected(started.error());
  stack->server = *std::move(started);
  return stack;
}

void Listeners::set_serving(bool serving) {
  if (grpc_ != nullptr) grpc_->set_serving(serving);
}

bool Listeners::shut_down(TimePoint until) {
  bool grpc_answered = true;
  bool admin_answered = true;
  bool http_answered = false;
  {
    const std::jthread grpc([&] { grpc_answered = grpc_ == nullptr || grpc_->shut_down(until); });
    const std::jthread admin(
        [&] { admin_answered = admin_ == nullptr || admin_->server->shut_down(until); });
    http_answered = http_->server->shut_down(until);
  }
  return http_answered && grpc_answered && admin_answered;
}

}  // namespace cnnselect
