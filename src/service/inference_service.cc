#include "service/inference_service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/log.h"
#include "service/classify_call.h"
#include "service/idle_metrics.h"
#include "service/infer_call.h"
#include "service/tensor_shape.h"

namespace cnnselect {
namespace {

// Exactly what works: clients read this list and rely on it.
const std::vector<std::string> kExtensions = {
    "binary_tensor_data", "classification",  "logging",   "model_configuration",
    "parameters",         "schedule_policy", "statistics"};

TensorInfo describe(const TensorSpec& spec, std::string name) {
  return {
      .name = std::move(name), .datatype = std::string(to_string(spec.type)), .shape = spec.shape};
}

std::unique_ptr<IdleMeasurer> make_measurer(const Catalog& catalog, ModelManager& models,
                                            Clock& clock, std::optional<Duration> period) {
  if (!period) return nullptr;
  auto measurer = std::make_unique<IdleMeasurer>(models, catalog.models().size(), clock, *period);
  measurer->start();
  return measurer;
}

}  // namespace

Result<std::unique_ptr<InferenceService>> InferenceService::create(
    const Catalog& catalog, ModelManager& models, Clock& clock, EngineOptions engine,
    ServiceOptions options, std::unique_ptr<RequestLog> log, SpanOutput spans) {
  options.policies.push_back(options.terms.policy);
  auto policies = PolicySet::create(options.policies, options.registry);
  if (!policies) return std::unexpected(policies.error());
  return std::unique_ptr<InferenceService>(
      new InferenceService(catalog, models, clock, engine, std::move(options), *std::move(policies),
                           std::move(log), std::move(spans)));
}

InferenceService::InferenceService(const Catalog& catalog, ModelManager& models, Clock& clock,
                                   EngineOptions engine, ServiceOptions options, PolicySet policies,
                                   std::unique_ptr<RequestLog> log, SpanOutput spans)
    : catalog_(catalog),
      models_(models),
      options_(std::move(options)),
      limits_(engine),
      policies_(std::move(policies)),
      defaults_(options_.terms),
      metrics_(catalog),
      log_(std::move(log)),
      spans_(std::move(spans)),
      statistics_(catalog),
      books_(catalog, metrics_, statistics_, clock, log_.get(), spans_),
      control_(catalog, models),
      idle_(make_measurer(catalog, models, clock, options_.idle_measure)),
      context_{.catalog = catalog_,
               .models = models_,
               .clock = clock,
               .options = options_,
               .books = books_,
               .engine = engine_,
               .decoders = decoders_},
      engine_(engine, clock, models),
      decoders_(options_.decode_threads, options_.max_decoding) {}

void InferenceService::set_ready(bool ready) {
  ready_ = ready;
  if (idle_ != nullptr) idle_->allow(ready);
}

ServerState InferenceService::state() const {
  ServerState state{.name = options_.server_name,
                    .version = options_.build.version,
                    .extensions = kExtensions,
                    .live = true,
                    .ready = ready_,
                    .models = {}};
  if (spans_.sink != nullptr) state.extensions.emplace_back("trace");
  for (const Family& family : catalog_.families()) state.models.push_back(family.name);
  for (const CatalogModel& model : catalog_.models()) state.models.push_back(model.member.name);
  return state;
}

Result<Target> InferenceService::resolve(std::string_view name, std::string_view version) const {
  if (const auto family = catalog_.find_family(name)) {
    if (!version.empty() && version != "1") {
      return fail(ErrorCode::kNotFound,
                  fmt::format("family '{}' has no version '{}'; it has: 1", name, version));
    }
    return offered(name, *family, catalog_.members(*family), true);
  }
  if (const auto id = catalog_.find_model(name)) {
    const int own = models_.version(*id);
    if (!version.empty() && version != std::to_string(own)) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("model '{}' has no version '{}'; it has: {}", name, version, own));
    }
    return offered(name, catalog_.model(*id).family, std::span(&*id, 1), false);
  }
  return fail(ErrorCode::kNotFound,
              fmt::format("Request for unknown model: '{}' is not found; there are: {}", name,
                          fmt::join(state().models, ", ")));
}

Result<Target> InferenceService::offered(std::string_view name, FamilyId family,
                                         std::span<const ModelId> members, bool is_family) const {
  Target target{.family = family, .members = {}, .leases = {}, .is_family = is_family};
  for (const ModelId id : members) {
    auto lease = models_.lease(id);
    if (lease == nullptr) continue;
    target.members.push_back(id);
    target.leases.push_back(std::move(lease));
  }
  if (!target.members.empty()) return target;
  return fail(ErrorCode::kNotFound,
              fmt::format("Request for unknown model: '{}' has no available versions: {}", name,
                          control_.reason(members.front())));
}

Result<ModelInfo> InferenceService::model(std::string_view name, std::string_view version) const {
  const auto target = resolve(name, version);
  if (!target) return std::unexpected(target.error());
  const int own = models_.version(target->members.front());
  ModelInfo info{.name = std::string(name),
                 .versions = {target->is_family ? "1" : std::to_string(own)},
                 .platform = target->is_family ? "cnnselect_family" : "onnxruntime_onnx",
                 .inputs = {},
                 .outputs = {},
                 .ready = all_ready(target->members),
                 .max_batch = options_.max_batch,
                 .instances = limits_.workers,
                 .queue = queue()};
  std::optional<TensorSpec> input;
  for (const ModelId id : target->members) {
    const auto specs = models_.specs(id);
    if (!specs) continue;  // not loaded yet: `ready` says so
    if (!input) {
      input = (*specs)->input;
      info.outputs = {describe((*specs)->output, (*specs)->output.name)};
    }
    input->shape = common_shape(input->shape, (*specs)->input.shape);
  }
  if (input) info.inputs = {describe(*input, input->name)};
  return info;
}

QueueInfo InferenceService::queue() const {
  const bool ends = options_.terms.queue_timeout != kForever;
  return {.priority_levels = options_.terms.priority_levels,
          .default_priority = options_.terms.default_priority,
          .max_waiting = limits_.max_queue,
          .timeout = ends ? options_.terms.queue_timeout : Duration::zero()};
}

bool InferenceService::all_ready(std::span<const ModelId> members) const {
  return std::ranges::all_of(members, [this](ModelId id) { return models_.ready(id); });
}

std::vector<RepositoryEntry> InferenceService::repository() const {
  std::vector<RepositoryEntry> entries;
  const auto add = [&](const std::string& name, std::string version,
                       std::span<const ModelId> members) {
    RepositoryEntry entry{.name = name, .version = std::move(version)};
    if (const auto target = offered(name, FamilyId{}, members, false)) {
      entry.state = all_ready(target->members) ? ModelState::kReady : ModelState::kLoading;
    } else {
      entry.reason = control_.reason(members.front());
    }
    entries.push_back(std::move(entry));
  };
  for (std::uint32_t i = 0; i < catalog_.families().size(); ++i) {
    add(catalog_.families()[i].name, "1", catalog_.members(FamilyId{i}));
  }
  for (const CatalogModel& model : catalog_.models()) {
    add(model.member.name, std::to_string(models_.version(model.id)), std::span(&model.id, 1));
  }
  return entries;
}

Result<std::vector<ModelStatistics>> InferenceService::statistics(std::string_view name,
                                                                  std::string_view version) const {
  std::vector<ModelStatistics> all;
  if (name.empty()) {
    for (std::uint32_t i = 0; i < catalog_.families().size(); ++i) {
      all.push_back(statistics_.of(FamilyId{i}));
    }
    for (const CatalogModel& model : catalog_.models()) all.push_back(statistics_of(model.id));
    return all;
  }
  const auto target = resolve(name, version);
  if (!target) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("requested model '{}' is not available: {}", name, target.error().message));
  }
  all.push_back(target->is_family ? statistics_.of(target->family)
                                  : statistics_of(target->members.front()));
  return all;
}

ModelStatistics InferenceService::statistics_of(ModelId id) const {
  ModelStatistics statistics = statistics_.of(id);
  statistics.version = std::to_string(models_.version(id));
  return statistics;
}

template <class Call, class Request, class Response>
Cancel InferenceService::begin(Result<Target> target, Request request, Reply<Response> reply) {
  if (!target) {
    reply(std::unexpected(target.error()));
    return [] {};
  }
  auto terms = plan_request(request.hints, request.arrival, policies_, defaults());
  if (!terms) {
    metrics_.count_error(target->family, terms.error().code, 1);
    reply(std::unexpected(terms.error()));
    return [] {};
  }
  if (idle_ != nullptr) {
    // Until the answer: decoding and wording it are part of the request too.
    reply = [visit = IdleMeasurer::Visit(*idle_), reply = std::move(reply)](auto answer) mutable {
      reply(std::move(answer));
      visit.end();
    };
  }
  std::optional<NetworkEstimator::Lesson> lesson;
  *terms = knowing_the_network(std::move(*terms), request.hints, request.arrival, lesson);
  if (lesson) {
    reply = [this, lesson = *std::move(lesson), reply = std::move(reply)](auto answer) mutable {
      if (answer) networks_.learn(lesson);
      reply(std::move(answer));
    };
  }
  return Call::start(context_, std::move(*target), std::move(*terms), std::move(request),
                     std::move(reply));
}

RequestTerms InferenceService::knowing_the_network(
    RequestTerms terms, const RequestHints& hints, const Arrival& arrival,
    std::optional<NetworkEstimator::Lesson>& lesson) {
  const NetworkEstimator::Source source{.network_class = hints.network_class,
                                        .client = arrival.peer,
                                        .key = arrival.key,
                                        .now = terms.timing.received};
  if (hints.last_input && hints.last_output) {
    lesson = networks_.add(source, *hints.last_input, *hints.last_output);
  }
  if (!terms.has_sla()) return terms;
  auto values = networks_.way_back(source, terms.timing.input);
  return with_way_back(std::move(terms), std::move(values));
}

Cancel InferenceService::classify(ClassifyRequest request, Reply<ClassifyResponse> reply) {
  auto target = resolve(request.family, "");
  if (target && !target->is_family) {
    target = fail(ErrorCode::kNotFound,
                  fmt::format("'{}' is a model, not a family; its family is '{}'", request.family,
                              catalog_.family(target->family).name));
  }
  return begin<ClassifyCall>(std::move(target), std::move(request), std::move(reply));
}

Cancel InferenceService::infer(InferRequest request, Reply<InferResponse> reply) {
  auto target = resolve(request.model, request.version);
  return begin<InferCall>(std::move(target), std::move(request), std::move(reply));
}

Status InferenceService::check_ready() const {
  if (ready_) return {};
  return fail(ErrorCode::kUnavailable, "models change only while the server is ready");
}

void InferenceService::load(std::string name, Reply<void> reply) {
  if (const Status ready = check_ready(); !ready) return reply(ready);
  control_.load(std::move(name), std::move(reply));
}

void InferenceService::unload(std::string name, Reply<void> reply) {
  if (const Status ready = check_ready(); !ready) return reply(ready);
  control_.unload(std::move(name), std::move(reply));
}

Status InferenceService::set_defaults(TermDefaults defaults) {
  const auto found = policies_.find(defaults.policy);
  if (!found) return std::unexpected(found.error().within("default policy"));
  const MutexLock lock(defaults_mutex_);
  defaults_ = std::move(defaults);
  return {};
}

TermDefaults InferenceService::defaults() const {
  const MutexLock lock(defaults_mutex_);
  return defaults_;
}

std::string InferenceService::metrics() const {
  std::string text = metrics_.text(engine_.status(), models_, log_ == nullptr ? 0 : log_->dropped(),
                                   spans_.sink == nullptr ? SpanCounts() : spans_.sink->counts());
  if (idle_ != nullptr) text += idle_metrics(*idle_, catalog_);
  text += process_metrics(options_.build, process_status());
  if (options_.more_metrics) text += options_.more_metrics();
  return text;
}

}  // namespace cnnselect
