// Server: everything that runs while `serve` does, in the order in which it must be made and
// unmade.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "net/content_coding.h"
#include "net/http_server.h"
#include "net/routes.h"
#include "rpc/grpc_server.h"
#include "serve_flags.h"
#include "service/inference_service.h"
#include "service/profile_memory.h"
#include "service/repository_watch.h"

namespace cnnselect {

class Server {
 public:
  /// Returns when every model is loaded and the server ready. With flags.check it listens nowhere,
  /// makes no file, and is only good to be looked at. Errors name the option, file or address.
  static Result<std::unique_ptr<Server>> start(const ServeFlags& flags);

  void not_ready() { set_ready(false); }
  /// No new connections, then every accepted request answered; false when not all were within
  /// `grace`.
  bool stop(Duration grace);
  /// Loads what has changed in the repository, in the background.
  void refresh() { service_->refresh(); }
  const Catalog& catalog() const { return catalog_; }
  /// "http://127.0.0.1:8000" and, with gRPC, "grpc://127.0.0.1:8001".
  const std::vector<std::string>& listens_on() const { return listens_on_; }
  Duration load_time() const { return load_time_; }

 private:
  struct Settings;

  Server(Catalog catalog, const ServeFlags& flags, std::optional<std::uint64_t> budget);

  static Result<Settings> read(const ServeFlags& flags);
  Status open_store(const ServeFlags& flags);
  Status make_service(const ServeFlags& flags, const Settings& settings);
  Status listen(const ServeFlags& flags, const Settings& settings);
  Status load(const ServeFlags& flags);
  Status watch();
  void set_ready(bool ready);

  RealClock clock_;
  Catalog catalog_;
  OnnxRuntimeBackend backend_;
  ModelManager models_;
  std::unique_ptr<ProfileMemory> memory_;  // made before models_ load, unmade before it
  std::unique_ptr<InferenceService> service_;
  std::unique_ptr<net::SharedMemory> shared_;  // may be null
  std::unique_ptr<net::Routes> routes_;
  std::unique_ptr<net::ContentCoding> bodies_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<rpc::GrpcServer> grpc_;   // may be null
  std::unique_ptr<RepositoryWatch> watch_;  // may be null
  std::vector<std::string> listens_on_;
  Duration load_time_{};
};

}  // namespace cnnselect
