#include "server.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "backend/image_classifier.h"
#include "base/bytes_text.h"
#include "base/log.h"
#include "base/process_memory.h"
#include "base/processor.h"
#include "base/processor_wait.h"
#include "plugin/policy_plugins.h"
#include "select/policy_text.h"
#include "select/threshold_text.h"
#include "span_output.h"
#include "trace/duration_text.h"
#include "version.h"

namespace cnnselect {
namespace {

constexpr Duration kLongestIdle = std::chrono::hours(24);

Result<Late> parse_late(const std::string& text) {
  if (text == "last") return Late::kLast;
  if (text == "answer") return Late::kAnswer;
  if (text == "reject") return Late::kReject;
  if (text == "device") return Late::kDevice;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--late: '{}'; allowed: last, answer, reject, device", text));
}

/// The class of requests that name none; of an even number the higher one in the middle.
Result<std::uint32_t> parse_default_priority(const ServeFlags& flags) {
  if (flags.default_priority == 0) return (flags.priority_levels + 1) / 2;
  if (flags.default_priority <= flags.priority_levels) return flags.default_priority;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--default-priority: {}; allowed: 1 to {} (--priority-levels), or 0",
                          flags.default_priority, flags.priority_levels));
}

Result<Duration> parse_queue_timeout(const std::string& text) {
  if (text.empty()) return kForever;
  const auto timeout = parse_duration(text);
  if (!timeout) return std::unexpected(timeout.error().within("--queue-timeout"));
  if (*timeout > Duration::zero()) return *timeout;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--queue-timeout: {}; want more than 0, or leave it out", text));
}

Result<std::optional<Duration>> parse_idle_measure(const std::string& text) {
  if (text == "off") return std::nullopt;
  const auto period = parse_duration(text);
  if (!period) return std::unexpected(period.error().within("--idle-measure"));
  if (*period > Duration::zero() && *period <= kLongestIdle) return *period;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--idle-measure: {}; want more than 0, at most 24h, or off", text));
}

enum class ModelChanges { kNone, kExplicit, kPoll };

Result<ModelChanges> parse_model_control(const std::string& text) {
  if (text == "none") return ModelChanges::kNone;
  if (text == "explicit") return ModelChanges::kExplicit;
  if (text == "poll") return ModelChanges::kPoll;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--model-control: '{}'; allowed: none, explicit, poll", text));
}

/// With --check nothing is written, so the folder is only looked at.
Result<OnnxRuntimeOptions> parse_backend(const ServeFlags& flags) {
  OnnxRuntimeOptions options{.intra_op_threads = flags.intra_op_threads};
  const auto size = parse_bytes(flags.model_cache_size);
  if (!size) return std::unexpected(size.error().within("--model-cache-size"));
  if (flags.model_cache.empty()) return options;
  if (flags.check) {
    const Status usable = ModelCache::check(flags.model_cache);
    if (!usable) return std::unexpected(usable.error().within("--model-cache"));
    return options;
  }
  options.cache_folder = flags.model_cache;
  options.cache_bytes = *size;
  return options;
}

/// What tells that others were in the way of a run. The threads of one with several wait for each
/// other too, so there only waiting for a processor counts.
std::function<Duration()> off_processor(const ServeFlags& flags) {
  return flags.intra_op_threads == 1 ? time_off_processor : time_ready_but_waiting;
}

/// What of a processor each of the warm-ups can get that run at a time.
double processor_share(const ServeFlags& flags) {
  const auto wanted = static_cast<double>(flags.workers) * flags.intra_op_threads;
  return std::min(1.0, std::max(1U, std::thread::hardware_concurrency()) / wanted);
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

Result<std::optional<Address>> parse_optional_address(std::string_view option,
                                                      const std::string& text) {
  if (text == "off") return std::nullopt;
  return parse_address(option, text);
}

Result<ListenerOptions> read_listeners(const ServeFlags& flags, ModelChanges changes) {
  const auto http = parse_address("--http", flags.http);
  if (!http) return std::unexpected(http.error());
  const auto grpc = parse_optional_address("--grpc", flags.grpc);
  if (!grpc) return std::unexpected(grpc.error());
  const auto admin = parse_optional_address("--admin", flags.admin);
  if (!admin) return std::unexpected(admin.error());
  const auto proxies = TrustedProxies::parse(flags.trusted_proxies);
  if (!proxies) return std::unexpected(proxies.error().within("--trusted-proxies"));
  return ListenerOptions{
      .http = *http,
      .grpc = *grpc,
      .admin = *admin,
      .rights = {.models = changes == ModelChanges::kExplicit, .settings = flags.settings_control},
      .proxy_protocol = flags.proxy_protocol,
      .trusted_proxies = *proxies,
      .known_clients_only = !flags.tls_client_ca.empty(),
      .shared_memory = flags.shared_memory,
      .max_body_bytes = flags.max_body_mib << 20U,
      .max_connections = flags.max_connections,
      .http_threads = flags.http_threads};
}

}  // namespace

/// What the flags mean.
struct Server::Settings {
  TermDefaults terms;
  std::vector<std::string> policies;
  std::optional<Duration> idle_measure;
  ModelChanges changes = ModelChanges::kNone;
  std::optional<std::uint64_t> memory;
  ListenerOptions listeners;
  OnnxRuntimeOptions backend;
};

Result<Server::Settings> Server::read(const ServeFlags& flags) {
  Settings settings{.terms = {.policy = flags.policy, .priority_levels = flags.priority_levels}};
  TermDefaults& terms = settings.terms;
  const auto threshold = parse_threshold(flags.threshold, std::span(&terms.policy, 1));
  if (!threshold) return std::unexpected(threshold.error());
  terms.threshold = *threshold;
  auto policies = join_policy_pieces(flags.policies);
  if (!policies) return std::unexpected(policies.error().within("--policies"));
  settings.policies = *std::move(policies);
  if (flags.log_requests > 0 && flags.store.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--log-requests needs a --store to write to");
  }
  if (flags.trace_rate > 0 && flags.otlp.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--trace-rate needs an --otlp to send traces to");
  }
  const auto memory = parse_memory(flags.memory);
  if (!memory) return std::unexpected(memory.error());
  settings.memory = *memory;
  auto backend = parse_backend(flags);
  if (!backend) return std::unexpected(backend.error());
  settings.backend = *std::move(backend);
  const auto late = parse_late(flags.late);
  if (!late) return std::unexpected(late.error());
  terms.late = *late;
  const auto priority = parse_default_priority(flags);
  if (!priority) return std::unexpected(priority.error());
  terms.default_priority = *priority;
  const auto timeout = parse_queue_timeout(flags.queue_timeout);
  if (!timeout) return std::unexpected(timeout.error());
  terms.queue_timeout = *timeout;
  const auto idle = parse_idle_measure(flags.idle_measure);
  if (!idle) return std::unexpected(idle.error());
  settings.idle_measure = *idle;
  const auto changes = parse_model_control(flags.model_control);
  if (!changes) return std::unexpected(changes.error());
  settings.changes = *changes;
  const auto listeners = read_listeners(flags, *changes);
  if (!listeners) return std::unexpected(listeners.error());
  settings.listeners = *listeners;
  return settings;
}

Server::Server(Catalog catalog, Credentials credentials, const ServeFlags& flags,
               const Settings& settings)
    : catalog_(std::move(catalog)),
      credentials_(std::move(credentials)),
      backend_(settings.backend),
      models_(catalog_, backend_, clock_,
              {.warm_up_runs = 10,
               .threads = flags.workers,
               .off_processor = off_processor(flags),
               .processor_share = processor_share(flags),
               .check = check_member,
               .remembered =
                   [this](ModelId id, const ModelFile& file) {
                     return memory_ ? memory_->remembered(id, file) : std::nullopt;
                   },
               .switched =
                   [this](ModelId id, const ModelFile& file, std::uint64_t n) {
                     if (memory_) memory_->switched(id, file, n);
                   },
               .memory = settings.memory,
               .process_bytes = resident_bytes_trimmed}) {}

Result<std::unique_ptr<Server>> Server::start(const ServeFlags& flags) {
  const auto settings = read(flags);
  if (!settings) return std::unexpected(settings.error());
  auto catalog = Catalog::scan(flags.models);
  if (!catalog) return std::unexpected(catalog.error());
  auto credentials = Credentials::read(flags);
  if (!credentials) return std::unexpected(credentials.error());
  std::unique_ptr<Server> server(
      new Server(*std::move(catalog), *std::move(credentials), flags, *settings));
  Status done = server->note(check_measured(server->catalog_, flags.unmeasured));
  if (done) done = server->note(server->credentials_.doubts());
  if (done) done = server->note(exposed_to_others(settings->listeners, server->credentials_));
  if (done) done = server->open_store(flags);
  if (done) done = server->make_service(flags, *settings);
  // The ports are taken before the models load: liveness answers from the start, readiness when
  // true, and a port in use is known at once.
  if (done && !flags.check) done = server->listen(flags, *settings);
  if (done) done = server->load(flags);
  if (!done) return std::unexpected(done.error());
  if (flags.check) {
    done = server->note(try_pictures(server->catalog_, server->models_));
    if (!done) return std::unexpected(done.error());
    return server;
  }
  if (settings->changes == ModelChanges::kPoll) done = server->watch();
  if (!done) return std::unexpected(done.error());
  server->set_ready(true);
  return server;
}

Status Server::open_store(const ServeFlags& flags) {
  if (flags.store.empty()) return {};
  if (flags.check) return check_store(flags.store);
  auto lock = StoreLock::take(flags.store);
  if (!lock) return std::unexpected(lock.error().within("--store"));
  store_lock_ = *std::move(lock);
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
  auto spans = open_span_output(flags);
  if (!spans) return std::unexpected(spans.error());
  const auto registry = load_policy_plugins(flags.policy_plugins);
  if (!registry) return std::unexpected(registry.error().within("--policy-plugin"));
  auto service = InferenceService::create(
      catalog_, models_, clock_,
      {.workers = flags.workers, .max_queue = flags.max_queue, .seed = flags.seed},
      {.server_name = flags.server_name,
       .build = {.version = CNNSELECT_VERSION,
                 .commit = CNNSELECT_COMMIT,
                 .compiler = CNNSELECT_COMPILER},
       .terms = settings.terms,
       .policies = settings.policies,
       .registry = *registry,
       .idle_measure = settings.idle_measure,
       .decode = {.max_bytes = flags.max_body_mib << 20U, .max_pixels = flags.max_pixels},
       .decode_threads = flags.workers,
       .more_metrics = [this] { return credentials_.metrics(); }},
      std::move(log), std::move(*spans));
  if (!service) return std::unexpected(service.error());
  service_ = std::move(*service);
  return {};
}

Status Server::listen(const ServeFlags& flags, Settings settings) {
  traces_ = make_trace_sampling(flags);
  settings.listeners.traces = traces_.get();
  auto listeners = Listeners::open(settings.listeners, *service_, credentials_, clock_);
  if (!listeners) return std::unexpected(listeners.error());
  listeners_ = *std::move(listeners);
  return {};
}

Status Server::load(const ServeFlags& flags) {
  const TimePoint before = clock_.now();
  if (Status loaded = models_.load_all(); !loaded) return loaded;
  load_time_ = clock_.now() - before;
  if (Status noted = note(unstated_input(catalog_, models_)); !noted) return noted;
  if (memory_ == nullptr) return {};
  spdlog::info("{}: profiles of {} of {} models are known from earlier", flags.store,
               memory_->known(), catalog_.models().size());
  memory_->keep(models_);
  return {};
}

Status Server::note(const Result<Warnings>& warnings) {
  if (!warnings) return std::unexpected(warnings.error());
  for (const std::string& warning : *warnings) spdlog::warn("{}", warning);
  warnings_ += warnings->size();
  return {};
}

Status Server::watch() {
  auto watch = RepositoryWatch::start(
      catalog_, [this] { service_->refresh(ModelControl::Again::kOnlyWhatChanged); });
  if (!watch) return std::unexpected(watch.error().within("--model-control poll"));
  watch_ = std::move(*watch);
  // What came while the models were loaded, and nobody watched yet.
  service_->refresh(ModelControl::Again::kOnlyWhatChanged);
  return {};
}

void Server::set_ready(bool ready) {
  service_->set_ready(ready);
  listeners_->set_serving(ready);
}

void Server::refresh() {
  credentials_.reload();
  if (watch_ != nullptr) watch_->renew();
  service_->refresh(ModelControl::Again::kAlsoWhatFailed);
}

Status Server::change(const ServeFlags& flags) {
  const auto settings = read(flags);
  if (!settings) return std::unexpected(settings.error());
  return service_->set_defaults(settings->terms);
}

bool Server::stop(Duration grace) {
  const TimePoint until = clock_.now() + grace;
  const bool answered = listeners_->shut_down(until);
  return service_->drain(until) && answered;
}

}  // namespace cnnselect
