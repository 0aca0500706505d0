// Listeners: everything that `serve` listens with: HTTP, gRPC, and HTTP for administrators; each
// over the same service, with rights of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "api/inference_api.h"
#include "api/rights.h"
#include "api/trace_sampling.h"
#include "credentials.h"
#include "http/http_server.h"
#include "oip/shared_memory.h"
#include "repository_checks.h"
#include "rpc/grpc_server.h"

namespace cnnselect {

struct ListenerOptions {
  Address http;
  std::optional<Address> grpc;
  std::optional<Address> admin;  ///< may load models and change settings, whatever `rights` says
  Rights rights;                 ///< of the other two
  bool proxy_protocol = false;   ///< on `http`, as in HttpServerOptions; likewise:
  TrustedProxies trusted_proxies;
  bool known_clients_only = false;  ///< by their certificates
  bool shared_memory = false;
  TraceSampling* traces = nullptr;  ///< null: nothing is recorded; outlives the listeners
  std::size_t max_body_bytes = 0;
  std::size_t max_connections = 0;  ///< of each
  int http_threads = 1;
};

/// What others than this machine's own programs can reach, and how little keeps them from it.
Warnings exposed_to_others(const ListenerOptions& options, const Credentials& credentials);

class Listeners {
 public:
  /// `api`, `credentials` and `clock` outlive them. Errors name the option.
  static Result<std::unique_ptr<Listeners>> open(const ListenerOptions& options, InferenceApi& api,
                                                 const Credentials& credentials,
                                                 const Clock& clock);
  ~Listeners();

  /// "http://127.0.0.1:8000", "grpcs://...", "admin http://...".
  const std::vector<std::string>& urls() const { return urls_; }
  /// What gRPC's health service tells.
  void set_serving(bool serving);
  /// Takes no more connections and returns when every request is answered; false when `until`
  /// passed first.
  bool shut_down(TimePoint until);

 private:
  struct HttpStack;

  Listeners() = default;
  /// A stack that listens as `server` says, and as is the same for all.
  Result<std::unique_ptr<HttpStack>> open_http(const ListenerOptions& options,
                                               HttpServerOptions server, Rights rights,
                                               InferenceApi& api, const Credentials& credentials,
                                               const Clock& clock);

  std::unique_ptr<SharedMemory> shared_;  // may be null
  std::unique_ptr<HttpStack> http_;
  std::unique_ptr<HttpStack> admin_;       // may be null
  std::unique_ptr<rpc::GrpcServer> grpc_;  // may be null
  std::vector<std::string> urls_;
};

}  // namespace cnnselect
