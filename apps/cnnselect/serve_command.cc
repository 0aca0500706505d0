#include "serve_command.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX, not in <csignal>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "backend/image_classifier.h"
#include "backend/onnxruntime_backend.h"
#include "base/bytes_text.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process_memory.h"
#include "net/content_coding.h"
#include "net/http_server.h"
#include "net/routes.h"
#include "option_sources.h"
#include "report/run_header.h"
#include "service/inference_service.h"
#include "service/profile_memory.h"
#include "threshold_flag.h"
#include "version.h"

namespace cnnselect {
namespace {

struct ServeFlags {
  std::string models = CNNSELECT_DEFAULT_REPOSITORY;
  std::string http = "127.0.0.1:8000";
  std::string policy = "cnnselect";
  std::string threshold = "10ms";
  std::string late = "answer";
  std::string memory;
  std::string store;
  double log_requests = 0;
  std::int64_t log_rows = 1'000'000;
  std::string grace = "10s";
  std::string shutdown_delay = "0s";
  std::string log_level = "info";
  std::string server_name = "cnnselect";
  int workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  int intra_op_threads = 1;
  int http_threads = 1;
  std::string config;
  bool check = false;
  std::size_t max_queue = 256;
  std::size_t max_body_mib = 64;
  std::uint64_t seed = 1;
};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto wrong = [&] {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--http '{}' is not ADDRESS:PORT with a port of 0..65535", text));
  };
  if (colon == std::string::npos || colon == 0) return wrong();
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  int port = -1;
  const char* const first = text.data() + colon + 1;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(first, last, port);
  if (failed != std::errc{} || end != last || port < 0 || port > 65535) return wrong();
  return Address{std::move(host), static_cast<std::uint16_t>(port)};
}

Result<Late> parse_late(const std::string& text) {
  if (text == "answer") return Late::kAnswer;
  if (text == "reject") return Late::kReject;
  if (text == "device") return Late::kDevice;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--late: '{}'; allowed: answer, reject, device", text));
}

Result<std::optional<std::uint64_t>> parse_memory(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto bytes = parse_bytes(text);
  if (!bytes) return std::unexpected(bytes.error().within("--memory"));
  return *bytes;
}

int report(const Error& error) {
  spdlog::error("{}", error.message);
  return 1;
}

// SIGTERM and SIGINT wait for stop_signal(): every thread that starts after this inherits the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// A second signal ends the wait.
void wait_for(const sigset_t& signals, Duration delay) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = (delay - seconds).count()};
  siginfo_t second;
  sigtimedwait(&signals, &second, &time);
}

/// Everything that runs while the server does, in the order in which it must be made and unmade.
class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const ServeFlags& flags);

  void not_ready() { service_->set_ready(false); }
  /// No new connections, then every accepted request answered.
  bool stop(Duration grace) {
    const TimePoint until = clock_.now() + grace;
    const bool answered = http_->shut_down(until);
    return service_->drain(until) && answered;
  }
  const Catalog& catalog() const { return catalog_; }
  std::uint16_t port() const { return http_->port(); }
  Duration load_time() const { return load_time_; }

 private:
  Server(Catalog catalog, const ServeFlags& flags, std::optional<std::uint64_t> budget)
      : catalog_(std::move(catalog)),
        backend_({.intra_op_threads = flags.intra_op_threads}),
        models_(
            catalog_, backend_, clock_,
            {.warm_up_runs = 10,
             .threads = flags.workers,
             .check = check_member,
             .remembered =
                 [this](ModelId id) { return memory_ ? memory_->remembered(id) : std::nullopt; },
             .memory = budget,
             .process_bytes = resident_bytes_trimmed}) {}

  RealClock clock_;
  Catalog catalog_;
  OnnxRuntimeBackend backend_;
  ModelManager models_;
  std::unique_ptr<ProfileMemory> memory_;  // made before models_ load, unmade before it
  std::unique_ptr<InferenceService> service_;
  std::unique_ptr<net::Routes> routes_;
  std::unique_ptr<net::ContentCoding> bodies_;
  std::unique_ptr<net::HttpServer> http_;
  Duration load_time_{};
};

// Opening a store to write would make it.
Status check_store(const std::string& file) {
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable)) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    if (std::filesystem::is_directory(folder, unreadable)) return {};
    return fail(ErrorCode::kNotFound, fmt::format("--store {}: no such folder", file));
  }
  auto store = ProfileStore::open(file, Database::Mode::kReadOnly);
  if (!store) return std::unexpected(store.error());
  const auto profiles = store->all();
  if (!profiles) return std::unexpected(profiles.error());
  return {};
}

Result<std::unique_ptr<Server>> Server::start(const ServeFlags& flags) {
  std::string policy = flags.policy;
  const auto threshold = parse_threshold(flags.threshold, std::span(&policy, 1));
  if (!threshold) return std::unexpected(threshold.error());
  if (flags.log_requests > 0 && flags.store.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--log-requests needs a --store to write to");
  }
  const auto budget = parse_memory(flags.memory);
  if (!budget) return std::unexpected(budget.error());
  const auto late = parse_late(flags.late);
  if (!late) return std::unexpected(late.error());
  const auto address = parse_address(flags.http);
  if (!address) return std::unexpected(address.error());
  auto catalog = Catalog::scan(flags.models);
  if (!catalog) return std::unexpected(catalog.error());

  std::unique_ptr<Server> server(new Server(std::move(*catalog), flags, *budget));
  if (!flags.store.empty() && flags.check) {
    if (const Status sound = check_store(flags.store); !sound) {
      return std::unexpected(sound.error());
    }
  } else if (!flags.store.empty()) {
    const std::string runtime =
        fmt::format("{}, {} threads", server->backend_.description(), flags.intra_op_threads);
    auto memory = ProfileMemory::open(flags.store, server->catalog_,
                                      {.machine = processor_text(), .runtime = runtime});
    if (!memory) return std::unexpected(memory.error());
    server->memory_ = std::move(*memory);
  }
  std::unique_ptr<RequestLog> log;
  if (flags.log_requests > 0 && !flags.check) {
    auto opened = RequestLog::open(
        flags.store,
        {.fraction = flags.log_requests, .max_rows = flags.log_rows, .seed = flags.seed});
    if (!opened) return std::unexpected(opened.error());
    log = std::move(*opened);
  }
  auto service = InferenceService::create(
      server->catalog_, server->models_, server->clock_,
      {.workers = flags.workers, .max_queue = flags.max_queue, .seed = flags.seed},
      {.server_name = flags.server_name,
       .version = CNNSELECT_VERSION,
       .policy = policy,
       .threshold = *threshold,
       .late = *late,
       .decode = {},
       .decode_threads = flags.workers},
      std::move(log));
  if (!service) return std::unexpected(service.error());
  server->service_ = std::move(*service);
  server->routes_ = std::make_unique<net::Routes>(*server->service_);
  const std::size_t max_body_bytes = flags.max_body_mib << 20U;
  server->bodies_ = std::make_unique<net::ContentCoding>(*server->routes_, max_body_bytes);

  if (flags.check) {
    const Status loaded = server->models_.load_all();
    if (!loaded) return std::unexpected(loaded.error());
    return server;
  }
  // The port is taken before the models load: liveness answers from the start, readiness when true,
  // and a port in use is known at once.
  auto http = net::HttpServer::start({.address = address->host,
                                      .port = address->port,
                                      .threads = flags.http_threads,
                                      .max_body_bytes = max_body_bytes},
                                     *server->bodies_, server->clock_);
  if (!http) return std::unexpected(http.error());
  server->http_ = std::move(*http);

  const TimePoint before = server->clock_.now();
  if (const Status loaded = server->models_.load_all(); !loaded) {
    return std::unexpected(loaded.error());
  }
  server->load_time_ = server->clock_.now() - before;
  if (server->memory_ != nullptr) {
    spdlog::info("{}: profiles of {} of {} models are known from earlier", flags.store,
                 server->memory_->known(), server->catalog_.models().size());
    server->memory_->keep(server->models_);
  }
  server->service_->set_ready(true);
  return server;
}

int serve(const ServeFlags& flags) {
  if (const Status logging = configure_log(flags.log_level); !logging) {
    std::fprintf(stderr, "cnnselect: %s\n", logging.error().message.c_str());
    return 2;
  }
  const auto grace = parse_duration(flags.grace);
  if (!grace) return report(grace.error().within("--grace"));
  const auto delay = parse_duration(flags.shutdown_delay);
  if (!delay) return report(delay.error().within("--shutdown-delay"));
  const sigset_t signals = block_stop_signals();
  auto server = Server::start(flags);
  if (!server) return report(server.error());

  if (flags.check) {
    fmt::print("all is well: {} families, {} models\n", (*server)->catalog().families().size(),
               (*server)->catalog().models().size());
    return 0;
  }
  for (const Family& family : (*server)->catalog().families()) {
    spdlog::info("family '{}': {} models, {} classes", family.name, family.members.size(),
                 family.labels.size());
  }
  spdlog::info("models ready after {:.0f} ms", to_ms((*server)->load_time()));
  // On standard output and flushed, so that a script can wait for it and read the port.
  std::printf("listening on http://%s:%d\n", flags.http.substr(0, flags.http.rfind(':')).c_str(),
              (*server)->port());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->not_ready();
  spdlog::info("{}: no longer ready", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  wait_for(signals, *delay);
  spdlog::info("finishing the requests under way");
  if (!(*server)->stop(*grace)) {
    spdlog::warn("some requests were not answered within {}", flags.grace);
    return 1;
  }
  spdlog::info("stopped");
  return 0;
}

}  // namespace

CLI::App* add_serve_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<ServeFlags>();
  CLI::App* command = root.add_subcommand("serve", "Serve the families of a model repository");
  command->add_option("--models", flags->models, "Model repository (a folder)")
      ->capture_default_str();
  command->add_option("--http", flags->http, "ADDRESS:PORT to listen on; port 0: any free one")
      ->capture_default_str();
  command->add_option("--workers", flags->workers, "Inferences at a time, one thread each")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("--intra-op-threads", flags->intra_op_threads, "Threads of one inference")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("--policy", flags->policy, "Policy of requests that name none")
      ->capture_default_str();
  command
      ->add_option("--threshold", flags->threshold,
                   "T_threshold: how far below the budget exploration may start; a duration, or "
                   "auto: from what is not known of network and model")
      ->capture_default_str();
  command
      ->add_option("--late", flags->late,
                   "What to do with a request whose SLA even the fastest model cannot keep: answer "
                   "it late, reject it at once (504), or the same only where the client told of a "
                   "network of its own (device)")
      ->capture_default_str();
  command->add_option("--memory", flags->memory,
                      "What the loaded models may take together, such as 2GiB; the others are "
                      "loaded when it is worth it. Absent: all are loaded");
  command->add_option("--max-queue", flags->max_queue, "Waiting requests; one more gets 503")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--max-body", flags->max_body_mib,
                   "Largest request body, also when inflated, MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command->add_option("--http-threads", flags->http_threads, "Network threads")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--store", flags->store,
                      "SQLite file that keeps what is learnt of the models, for the next start; "
                      "`cnnselect profile` reads it");
  command
      ->add_option("--log-requests", flags->log_requests,
                   "Fraction of the requests that the store keeps with all that was known and "
                   "decided; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--log-rows", flags->log_rows, "Requests kept; the oldest go first")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command
      ->add_option("--shutdown-delay", flags->shutdown_delay,
                   "On SIGTERM: time to serve on while not ready, for balancers to notice")
      ->capture_default_str();
  command->add_option("--grace", flags->grace, "Then: time to finish requests under way")
      ->capture_default_str();
  command->add_option("--server-name", flags->server_name, "Name told by GET /v2")
      ->capture_default_str();
  command->add_option("--seed", flags->seed, "Seed of the policies' draws")->capture_default_str();
  command->add_option("--log-level", flags->log_level, "debug, info, warning, error or off")
      ->capture_default_str();
  read_environment(*command);  // of the options above: what follows is for one call
  command->add_option("--config", flags->config,
                      "TOML file of settings: a key per option, with underscores; flags and the "
                      "environment (CNNSELECT_MAX_QUEUE) win over it");
  command->add_flag("--check", flags->check,
                    "Check settings, families and networks as a start would, then end");
  command->callback([flags, command, &run] {
    run = [flags, command] {
      if (const Status applied = apply_settings_file(*command, flags->config); !applied) {
        std::fprintf(stderr, "cnnselect: %s\n", applied.error().message.c_str());
        return 1;  // before there is a log
      }
      return serve(*flags);
    };
  });
  return command;
}

}  // namespace cnnselect
