#include "service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <vector>

#include "base/mutex.h"

namespace cnnselect {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

// From a small network's run to a stalled upload, about 2x apart.
Histogram::BucketBoundaries latency_buckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05,
          0.075,  0.1,     0.15,   0.2,   0.3,    0.5,   1,    2.5,  5,     10};
}

constexpr std::array kReasons = {Reason::kFastestFallback, Reason::kBaseOnly, Reason::kExplored,
                                 Reason::kFixed};

/// To what somebody else has counted.
void catch_up(Counter& counter, std::uint64_t total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

}  // namespace

std::string_view outcome_name(std::optional<bool> in_time) {
  if (!in_time) return "no_sla";
  return *in_time ? "in_time" : "late";
}

std::string_view outcome_name(ErrorCode error) {
  switch (error) {
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kTimedOut:
      return "timed_out";
    case ErrorCode::kUnavailable:
      return "refused";
    case ErrorCode::kTooLate:
    case ErrorCode::kUseDevice:
      return "given_up";
    case ErrorCode::kInternal:
      return "failed";
    default:
      return "bad_request";
  }
}

struct Metrics::Series {
  struct ModelSeries {
    Histogram* queue = nullptr;
    Histogram* prepare = nullptr;
    Histogram* infer = nullptr;
    std::map<Reason, Counter*> selections;
    Gauge* mean = nullptr;
    Gauge* deviation = nullptr;
    Gauge* p95 = nullptr;
    Gauge* samples = nullptr;
    Gauge* top1 = nullptr;
    Gauge* loaded = nullptr;
    Gauge* doubtful = nullptr;
    Counter* changes = nullptr;
  };
  struct FamilySeries {
    std::map<std::string, Counter*, std::less<>> requests;
    Histogram* input = nullptr;
    Histogram* decode = nullptr;
    Histogram* server = nullptr;
  };

  Mutex scrape;  // one at a time: two that catch up together would count twice
  prometheus::Registry registry;
  std::vector<FamilySeries> families;
  std::vector<ModelSeries> models;
  Gauge* waiting = nullptr;
  Gauge* running = nullptr;
  Gauge* budget_used = nullptr;
  Counter* loads = nullptr;
  Counter* evictions = nullptr;
  Counter* log_dropped = nullptr;
  Counter* spans_exported = nullptr;
  Counter* spans_dropped = nullptr;
  Counter* span_failures = nullptr;

  void add_families(const Catalog& catalog);
  void add_models(const Catalog& catalog);
  void add_process();
};

void Metrics::Series::add_families(const Catalog& catalog) {
  auto& requests =
      BuildCounter()
          .Name("cnnselect_requests_total")
          .Help("Images asked about, by what became of them as far as the server can tell")
          .Register(registry);
  auto& input = BuildHistogram()
                    .Name("cnnselect_network_input_seconds")
                    .Help("T_input: time of the way here, measured per request")
                    .Register(registry);
  auto& decode = BuildHistogram()
                     .Name("cnnselect_decode_seconds")
                     .Help("Photo to pixels, waiting for a decoder included")
                     .Register(registry);
  auto& server = BuildHistogram()
                     .Name("cnnselect_server_seconds")
                     .Help("Last byte of the request in, to answer ready")
                     .Register(registry);
  for (const auto& family : catalog.families()) {
    const prometheus::Labels labels{{"family", family.name}};
    FamilySeries series{.requests = {},
                        .input = &input.Add(labels, latency_buckets()),
                        .decode = &decode.Add(labels, latency_buckets()),
                        .server = &server.Add(labels, latency_buckets())};
    for (const char* outcome : {"in_time", "late", "no_sla", "given_up", "timed_out", "refused",
                                "cancelled", "failed", "bad_request"}) {
      series.requests[outcome] = &requests.Add({{"family", family.name}, {"outcome", outcome}});
    }
    families.push_back(std::move(series));
  }
}

void Metrics::Series::add_models(const Catalog& catalog) {
  auto& stage = BuildHistogram()
                    .Name("cnnselect_stage_seconds")
                    .Help("Time of a request's stage on the server, by the model that answered")
                    .Register(registry);
  auto& selections = BuildCounter()
                         .Name("cnnselect_selections_total")
                         .Help("Answers by model and by why it was chosen")
                         .Register(registry);
  auto& profile = BuildGauge()
                      .Name("cnnselect_profile_seconds")
                      .Help("Learnt execution time of a model on this machine")
                      .Register(registry);
  auto& samples = BuildGauge()
                      .Name("cnnselect_profile_samples")
                      .Help("Executions that a model's profile has seen")
                      .Register(registry);
  auto& top1 = BuildGauge()
                   .Name("cnnselect_model_top1_ratio")
                   .Help("Accuracy that the family file states for the model; 0: none")
                   .Register(registry);
  auto& loaded = BuildGauge()
                     .Name("cnnselect_model_loaded")
                     .Help("Whether the model is in memory")
                     .Register(registry);
  auto& doubtful = BuildGauge()
                       .Name("cnnselect_profile_doubtful")
                       .Help(
                           "Whether others disturbed the model's warm-up, and nothing was "
                           "measured since")
                       .Register(registry);
  auto& changes = BuildCounter()
                      .Name("cnnselect_profile_changes_total")
                      .Help("Times that a model became slower or faster for good")
                      .Register(registry);
  for (const auto& model : catalog.models()) {
    const std::string& family = catalog.family(model.family).name;
    const auto labels = [&](const char* key, std::string value) {
      return prometheus::Labels{
          {"family", family}, {"model", model.member.name}, {key, std::move(value)}};
    };
    ModelSeries series{
        .queue = &stage.Add(labels("stage", "queue"), latency_buckets()),
        .prepare = &stage.Add(labels("stage", "prepare"), latency_buckets()),
        .infer = &stage.Add(labels("stage", "infer"), latency_buckets()),
        .selections = {},
        .mean = &profile.Add(labels("statistic", "mean")),
        .deviation = &profile.Add(labels("statistic", "deviation")),
        .p95 = &profile.Add(labels("statistic", "p95")),
        .samples = &samples.Add({{"family", family}, {"model", model.member.name}}),
        .top1 = &top1.Add({{"family", family}, {"model", model.member.name}}),
        .loaded = &loaded.Add({{"family", family}, {"model", model.member.name}}),
        .doubtful = &doubtful.Add({{"family", family}, {"model", model.member.name}}),
        .changes = &changes.Add({{"family", family}, {"model", model.member.name}})};
    for (const Reason reason : kReasons) {
      series.selections[reason] = &selections.Add(labels("reason", std::string(to_string(reason))));
    }
    models.push_back(std::move(series));
  }
}

void Metrics::Series::add_process() {
  auto& requests = BuildGauge()
                       .Name("cnnselect_engine_requests")
                       .Help("Requests in the engine now")
                       .Register(registry);
  waiting = &requests.Add({{"state", "waiting"}});
  running = &requests.Add({{"state", "running"}});
  const auto gauge = [this](const char* name, const char* help) {
    return &BuildGauge().Name(name).Help(help).Register(registry).Add({});
  };
  const auto counter = [this](const char* name, const char* help) {
    return &BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  budget_used = gauge("cnnselect_memory_budget_used_bytes",
                      "Measured bytes of the models in memory, with a memory budget");
  loads = counter("cnnselect_model_loads_total", "Models brought into the memory budget");
  evictions = counter("cnnselect_model_evictions_total", "Models that left for others");
  log_dropped = counter("cnnselect_request_log_dropped_total",
                        "Requests that the request log could not keep");
  spans_exported = counter("cnnselect_spans_exported_total", "Spans that the collector has taken");
  spans_dropped = counter("cnnselect_spans_dropped_total", "Spans that were lost");
  span_failures = counter("cnnselect_span_export_failures_total",
                          "Posts to the collector that went wrong, each try");
}

Metrics::Metrics(const Catalog& catalog) : catalog_(catalog), series_(std::make_unique<Series>()) {
  series_->add_families(catalog);
  series_->add_models(catalog);
  series_->add_process();
}

Metrics::~Metrics() = default;

void Metrics::count_answer(FamilyId family, const Answer& answer, const StageTimes& times,
                           std::optional<bool> in_time) {
  auto& of_family = series_->families[family.value];
  of_family.requests.find(outcome_name(in_time))->second->Increment();
  of_family.input->Observe(to_seconds(times.input));
  if (times.decode > Duration::zero()) of_family.decode->Observe(to_seconds(times.decode));
  of_family.server->Observe(to_seconds(times.server));
  auto& of_model = series_->models[answer.model.value];
  of_model.queue->Observe(to_seconds(answer.queued));
  of_model.prepare->Observe(to_seconds(answer.prepare));
  of_model.infer->Observe(to_seconds(answer.infer));
  of_model.selections.at(answer.reason)->Increment();
}

void Metrics::count_error(FamilyId family, ErrorCode code, std::size_t images) {
  series_->families[family.value]
      .requests.find(outcome_name(code))
      ->second->Increment(static_cast<double>(images));
}

std::string Metrics::text(const EngineStatus& engine, const ModelManager& models,
                          std::uint64_t log_dropped, const SpanCounts& spans) {
  const MutexLock lock(series_->scrape);
  catch_up(*series_->log_dropped, log_dropped);
  catch_up(*series_->spans_exported, spans.exported);
  catch_up(*series_->spans_dropped, spans.dropped);
  catch_up(*series_->span_failures, spans.failures);
  series_->waiting->Set(static_cast<double>(engine.waiting));
  series_->running->Set(static_cast<double>(engine.running));
  const auto memory = models.memory().value_or(MemoryBudget::Counts{});
  series_->budget_used->Set(static_cast<double>(memory.used));
  catch_up(*series_->loads, memory.loads);
  catch_up(*series_->evictions, memory.evictions);
  for (const auto& model : catalog_.models()) {
    const LatencySummary hot = models.profile(model.id).hot;
    auto& series = series_->models[model.id.value];
    series.mean->Set(to_seconds(hot.mean));
    series.deviation->Set(to_seconds(hot.deviation));
    series.p95->Set(to_seconds(hot.p95));
    series.samples->Set(static_cast<double>(hot.samples));
    series.top1->Set(models.file(model.id).top1.value_or(0));
    series.loaded->Set(models.loaded(model.id) ? 1 : 0);
    series.doubtful->Set(models.standing(model.id).doubtful ? 1 : 0);
    catch_up(*series.changes, models.changes(model.id));
  }
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace cnnselect
