// InferenceService: the product behind every protocol. It resolves a name to a family or a model,
// plans the request's time, decodes photos off the network threads, hands the rest to the Engine,
// and words the answer.
//
// Thread-safe. Destruction finishes what is running. Replies still come, if need be as errors.
// inference_service.cc holds what describes the service. classify_call.* and infer_call.* hold the
// two kinds of request.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/inference_api.h"
#include "base/mutex.h"
#include "budget/network_estimator.h"
#include "engine/engine.h"
#include "engine/idle_measurer.h"
#include "engine/model_manager.h"
#include "model/catalog.h"
#include "service/model_control.h"
#include "service/policy_set.h"
#include "service/request_plan.h"
#include "service/service_context.h"

namespace cnnselect {

class InferenceService final : public InferenceApi {
 public:
  /// `catalog`, `models` and `clock` outlive the service; no `log`, no log; no sink, no spans.
  /// Errors: a policy that a server cannot offer.
  static Result<std::unique_ptr<InferenceService>> create(
      const Catalog& catalog, ModelManager& models, Clock& clock, EngineOptions engine,
      ServiceOptions options, std::unique_ptr<RequestLog> log = {}, SpanOutput spans = {});

  ServerState state() const override;
  Result<ModelInfo> model(std::string_view name, std::string_view version) const override;
  std::vector<RepositoryEntry> repository() const override;
  Result<std::vector<ModelStatistics>> statistics(std::string_view name,
                                                  std::string_view version) const override;
  Cancel infer(InferRequest request, Reply<InferResponse> reply) override;
  Cancel classify(ClassifyRequest request, Reply<ClassifyResponse> reply) override;
  void load(std::string name, Reply<void> reply) override;
  void unload(std::string name, Reply<void> reply) override;
  std::string metrics() const override;

  /// The operator says that the repository has changed. What differs is loaded in the background.
  void refresh(ModelControl::Again again) { control_.refresh(again); }

  /// For requests that name none, from now on. Errors: a policy that is not offered; nothing
  /// changes then.
  Status set_defaults(TermDefaults defaults) CNNSELECT_EXCLUDES(defaults_mutex_);

  /// What readiness probes are told. False until set. Requests are answered either way. Models are
  /// measured in idle moments only while it is true.
  void set_ready(bool ready);
  /// Refuses new work and waits for the last answer. Returns false if `when` passed first.
  bool drain(TimePoint when) { return engine_.drain(when); }

 private:
  InferenceService(const Catalog& catalog, ModelManager& models, Clock& clock, EngineOptions engine,
                   ServiceOptions options, PolicySet policies, std::unique_ptr<RequestLog> log,
                   SpanOutput spans);

  /// Plans the request's time and starts it, or replies what is wrong with it.
  template <class Call, class Request, class Response>
  Cancel begin(Result<Target> target, Request request, Reply<Response> reply);
  /// What a client tells of its previous answer is believed of it, and what was learnt is added to
  /// its terms. `lesson`: what others may learn of it, once this request was answered.
  RequestTerms knowing_the_network(RequestTerms terms, const RequestHints& hints,
                                   const Arrival& arrival,
                                   std::optional<NetworkEstimator::Lesson>& lesson);
  /// Who loads all models at the start relies on nobody else's doing it.
  Status check_ready() const;
  QueueInfo queue() const;
  bool all_ready(std::span<const ModelId> members) const;
  ModelStatistics statistics_of(ModelId id) const;
  TermDefaults defaults() const CNNSELECT_EXCLUDES(defaults_mutex_);
  Result<Target> resolve(std::string_view name, std::string_view version) const;
  /// A target of the models that are offered.
  Result<Target> offered(std::string_view name, FamilyId family, std::span<const ModelId> members,
                         bool is_family) const;

  const Catalog& catalog_;
  ModelManager& models_;
  const ServiceOptions options_;
  const EngineOptions limits_;
  const PolicySet policies_;
  mutable Mutex defaults_mutex_;
  TermDefaults defaults_ CNNSELECT_GUARDED_BY(defaults_mutex_);
  NetworkEstimator networks_;
  mutable Metrics metrics_;
  const std::unique_ptr<RequestLog> log_;  // may be null
  const SpanOutput spans_;
  StatisticsBook statistics_;
  const RequestBooks books_;
  std::atomic<bool> ready_ = false;
  ModelControl control_;
  const std::unique_ptr<IdleMeasurer> idle_;  // may be null
  ServiceContext context_;                    ///< refers to the two below; its users are their jobs
  // Destroyed in reverse order: first the decoders, which submit to the engine; then the engine,
  // whose completions count in the metrics.
  Engine engine_;
  DecodePool decoders_;
};

}  // namespace cnnselect
