// Server: everything that runs while `serve` does, in the order in which it must be made and
// unmade.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/trace_sampling.h"
#include "backend/onnxruntime_backend.h"
#include "base/clock.h"
#include "credentials.h"
#include "engine/model_manager.h"
#include "listeners.h"
#include "model/catalog.h"
#include "repository_checks.h"
#include "serve_flags.h"
#include "service/inference_service.h"
#include "service/profile_memory.h"
#include "service/repository_watch.h"
#include "store/store_lock.h"

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
  /// Reads certificates and keys again, and loads what has changed in the repository, in the
  /// background.
  void refresh();
  /// Takes over those of the settings that may change while it serves: policy, threshold, late.
  /// On an error nothing changes.
  Status change(const ServeFlags& flags);
  const Catalog& catalog() const { return catalog_; }
  /// As Listeners::urls.
  const std::vector<std::string>& listens_on() const { return listeners_->urls(); }
  Duration load_time() const { return load_time_; }
  /// How many things were found that are said in the log and do not keep it from serving.
  std::size_t warnings() const { return warnings_; }

 private:
  struct Settings;

  Server(Catalog catalog, Credentials credentials, const ServeFlags& flags,
         const Settings& settings);

  static Result<Settings> read(const ServeFlags& flags);
  Status open_store(const ServeFlags& flags);
  Status make_service(const ServeFlags& flags, const Settings& settings);
  Status listen(const ServeFlags& flags, Settings settings);
  Status load(const ServeFlags& flags);
  /// Says and counts them.
  Status note(const Result<Warnings>& warnings);
  Status watch();
  void set_ready(bool ready);

  RealClock clock_;
  Catalog catalog_;
  Credentials credentials_;
  OnnxRuntimeBackend backend_;
  ModelManager models_;
  std::optional<StoreLock> store_lock_;    // given back when nothing below writes any more
  std::unique_ptr<ProfileMemory> memory_;  // made before models_ load, unmade before it
  std::unique_ptr<InferenceService> service_;
  std::unique_ptr<TraceSampling> traces_;  // may be null
  std::unique_ptr<Listeners> listeners_;
  std::unique_ptr<RepositoryWatch> watch_;  // may be null
  Duration load_time_{};
  std::size_t warnings_ = 0;
};

}  // namespace cnnselect
