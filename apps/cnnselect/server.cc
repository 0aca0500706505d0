#include "server.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "backend/image_classifier.h"
#include "base/bytes_text.h"
#include "base/log.h"
#include "base/process_memory.h"
#include "report/run_header.h"
#include "threshold_flag.h"
#include "version.h"

namespace cnnselect {
namespace {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Result<Address> parse_address(std::string_view option, const std::string& text) {
  const auto colon = text.rfind(':');
  const auto wrong = [&] {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} '{}' is not ADDRESS:PORT with a port of 0..65535", option, text));
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

enum class ModelChanges { kNone, kExplicit, kPoll };

Result<ModelChanges> parse_model_control(const std::string& text) {
  if (text == "none") return ModelChanges::kNone;
  if (text == "explicit") return ModelChanges::kExplicit;
  if (text == "poll") return ModelChanges::kPoll;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--model-control: '{}'; allowed: none, explicit, poll", text));
}

Result<std::optional<std::uint64_t>> parse_memory(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto bytes = parse_bytes(text);
  if (!bytes) return std::unexpected(bytes.error().within("--memory"));
  return *bytes;
}

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

std::string place(const Address& address, std::uint16_t port) {
  return address.host.contains(':') ? fmt::format("[{}]:{}", address.host, port)
                                    : fmt::format("{}:{}", address.host, port);
}

}  // namespace

/// What the flags mean.
struct Server::Settings {
  std::string policy;
  Duration threshold{};
  Late late = Late::kAnswer;
  ModelChanges changes = ModelChanges::kNone;
  std::optional<std::uint64_t> memory;
  Address http;
  std::optional<Address> grpc;
};

Result<Server::Settings> Server::read(const ServeFlags& flags) {
  Settings settings{.policy = flags.policy};
  const auto threshold = parse_threshold(flags.threshold, std::span(&settings.policy, 1));
  if (!threshold) return std::unexpected(threshold.error());
  settings.threshold = *threshold;
  if (flags.log_requests > 0 && flags.store.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--log-requests needs a --store to write to");
  }
  const auto memory = parse_memory(flags.memory);
  if (!memory) return std::unexpected(memory.error());
  settings.memory = *memory;
  const auto late = parse_late(flags.late);
  if (!late) return std::unexpected(late.error());
  settings.late = *late;
  const auto changes = parse_model_control(flags.model_control);
  if (!changes) return std::unexpected(changes.error());
  settings.changes = *changes;
  auto http = parse_address("--http", flags.http);
  if (!http) return std::unexpected(http.error());
  settings.http = *std::move(http);
  if (flags.grpc != "off") {
    auto grpc = parse_address("--grpc", flags.grpc);
    if (!grpc) return std::unexpected(grpc.error());
    settings.grpc = *std::move(grpc);
  }
  return settings;
}

Server::Server(Catalog catalog, const ServeFlags& flags, std::optional<std::uint64_t> budget)
    : catalog_(std::move(catalog)),
      backend_({.intra_op_threads = flags.intra_op_threads}),
      models_(catalog_, backend_, clock_,
              {.warm_up_runs = 10,
               .threads = flags.workers,
               .check = check_member,
               .remembered =
                   [this](ModelId id, const ModelFile& file) {
                     return memory_ ? memory_->remembered(id, file) : std::nullopt;
                   },
               .switched =
                   [this](ModelId id, const ModelFile& file, std::uint64_t n) {
                     if (memory_) memory_->switched(id, file, n);
                   },
               .memory = budget,
               .process_bytes = resident_bytes_trimmed}) {}

Result<std::unique_ptr<Server>> Server::start(const ServeFlags& flags) {
  const auto settings = read(flags);
  if (!settings) return std::unexpected(settings.error());
  auto catalog = Catalog::scan(flags.models);
  if (!catalog) return std::unexpected(catalog.error());
  std::unique_ptr<Server> server(new Server(std::move(*catalog), flags, settings->memory));
  Status done = server->open_store(flags);
  if (done) done = server->make_service(flags, *settings);
  // The ports are taken before the models load: liveness answers from the start, readiness when
  // true, and a port in use is known at once.
  if (done && !flags.check) done = server->listen(flags, *settings);
  if (done) done = server->load(flags);
  if (!done) return std::unexpected(done.error());
  if (flags.check) return server;
  if (settings->changes == ModelChanges::kPoll) done = server->watch();
  if (!done) return std::unexpected(done.error());
  server->set_ready(true);
  return server;
}

Status Server::open_store(const ServeFlags& flags) {
  if (flags.store.empty()) return {};
  if (flags.check) return check_store(flags.store);
  const std::string runtime =
      fmt::format("{}, {} threads", backend_.description(), flags.intra_op_threads);
  auto memory =
      ProfileMemory::open(flags.store, catalog_, {.machine = processor_text(), .runtime = runtime});
  if (!memory) return std::unexpected(memory.error());
  memory_ = std::move(*memory);
  return {};
}

Status Server::make_service(const ServeFlags& flags, const Settings& settings) {
  std::unique_ptr<RequestLog> log;
  if (flags.log_requests > 0 && !flags.check) {
    auto opened = RequestLog::open(
        flags.store,
        {.fraction = flags.log_requests, .max_rows = flags.log_rows, .seed = flags.seed});
    if (!opened) return std::unexpected(opened.error());
    log = std::move(*opened);
  }
  auto service = InferenceService::create(
      catalog_, models_, clock_,
      {.workers = flags.workers, .max_queue = flags.max_queue, .seed = flags.seed},
      {.server_name = flags.server_name,
       .version = CNNSELECT_VERSION,
       .policy = settings.policy,
       .threshold = settings.threshold,
       .late = settings.late,
       .decode = {},
       .decode_threads = flags.workers,
       .model_control = settings.changes == ModelChanges::kExplicit,
       .settings_control = flags.settings_control,
       .shared_memory = flags.shared_memory},
      std::move(log));
  if (!service) return std::unexpected(service.error());
  service_ = std::move(*service);
  return {};
}

Status Server::listen(const ServeFlags& flags, const Settings& settings) {
  const std::size_t max_body_bytes = flags.max_body_mib << 20U;
  if (flags.shared_memory) shared_ = std::make_unique<net::SharedMemory>(max_body_bytes);
  routes_ = std::make_unique<net::Routes>(*service_, shared_.get());
  bodies_ = std::make_unique<net::ContentCoding>(*routes_, max_body_bytes);
  auto http = net::HttpServer::start({.address = settings.http.host,
                                      .port = settings.http.port,
                                      .threads = flags.http_threads,
                                      .max_body_bytes = max_body_bytes},
                                     *bodies_, clock_);
  if (!http) return std::unexpected(http.error());
  http_ = std::move(*http);
  listens_on_.push_back("http://" + place(settings.http, http_->port()));
  if (!settings.grpc) return {};
  auto grpc = rpc::GrpcServer::start({.address = settings.grpc->host,
                                      .port = settings.grpc->port,
                                      .max_message_bytes = max_body_bytes},
                                     *service_, clock_, shared_.get());
  if (!grpc) return std::unexpected(grpc.error().within("--grpc (off: none)"));
  grpc_ = std::move(*grpc);
  listens_on_.push_back("grpc://" + place(*settings.grpc, grpc_->port()));
  return {};
}

Status Server::load(const ServeFlags& flags) {
  const TimePoint before = clock_.now();
  if (Status loaded = models_.load_all(); !loaded) return loaded;
  load_time_ = clock_.now() - before;
  if (memory_ == nullptr) return {};
  spdlog::info("{}: profiles of {} of {} models are known from earlier", flags.store,
               memory_->known(), catalog_.models().size());
  memory_->keep(models_);
  return {};
}

Status Server::watch() {
  auto watch = RepositoryWatch::start(catalog_, [this] { refresh(); });
  if (!watch) return std::unexpected(watch.error().within("--model-control poll"));
  watch_ = std::move(*watch);
  return {};
}

void Server::set_ready(bool ready) {
  service_->set_ready(ready);
  if (grpc_ != nullptr) grpc_->set_serving(ready);
}

bool Server::stop(Duration grace) {
  const TimePoint until = clock_.now() + grace;
  bool grpc_answered = true;
  std::jthread other([&] { grpc_answered = grpc_ == nullptr || grpc_->shut_down(until); });
  const bool http_answered = http_->shut_down(until);
  other.join();
  return service_->drain(until) && http_answered && grpc_answered;
}

}  // namespace cnnselect
