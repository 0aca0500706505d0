// FakeInferenceApi: a service with models that return what they are given. It keeps the contract of
// the real one: unknown names are kNotFound, `reply` comes exactly once, a cancelled request that
// has no answer yet is answered with kCancelled, requests may be held and answered later.
// Thread-safe, but for the setters and last_...().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/inference_api.h"
#include "base/mutex.h"

namespace cnnselect {

class FakeInferenceApi final : public InferenceApi {
 public:
  void add_model(ModelInfo model) {
    const MutexLock lock(mutex_);
    models_[model.name] = std::move(model);
  }
  void set_state(ServerState state) { state_ = std::move(state); }
  void set_metrics(std::string text) { metrics_ = std::move(text); }
  /// From now on requests wait for answer_held().
  void hold() { hold_ = true; }

  /// Answers every request that waits.
  void answer_held() {
    std::vector<std::shared_ptr<Pending>> held;
    {
      const MutexLock lock(mutex_);
      held.swap(held_);
    }
    for (const auto& pending : held) pending->finish(false);
  }

  /// How many wait.
  std::size_t held() const {
    const MutexLock lock(mutex_);
    return held_.size();
  }
  int cancelled() const {
    const MutexLock lock(mutex_);
    return cancelled_;
  }
  /// The newest request of its kind.
  const InferRequest& last_infer() const { return last_infer_; }
  const ClassifyRequest& last_classify() const { return last_classify_; }

  ServerState state() const override { return state_; }

  Result<ModelInfo> model(std::string_view name, std::string_view /*version*/) const override {
    const MutexLock lock(mutex_);
    const auto found = models_.find(name);
    if (found != models_.end()) return found->second;
    return fail(ErrorCode::kNotFound,
                "Request for unknown model: '" + std::string(name) + "' is not found");
  }

  Result<std::vector<ModelStatistics>> statistics(std::string_view name,
                                                  std::string_view /*version*/) const override {
    if (name.empty()) return std::vector<ModelStatistics>();
    return fail(ErrorCode::kInvalidArgument,
                "requested model '" + std::string(name) + "' is not available");
  }

  std::vector<RepositoryEntry> repository() const override {
    std::vector<RepositoryEntry> entries;
    const MutexLock lock(mutex_);
    for (const auto& [name, model] : models_) {
      entries.push_back({.name = name,
                         .version = "1",
                         .state = model.ready ? ModelState::kReady : ModelState::kLoading,
                         .reason = ""});
    }
    return entries;
  }

  Cancel infer(InferRequest request, Reply<InferResponse> reply) override {
    Result<InferResponse> answer = echo(request);
    last_infer_ = std::move(request);
    return answer_or_hold(std::move(answer), std::move(reply));
  }

  Cancel classify(ClassifyRequest request, Reply<ClassifyResponse> reply) override {
    Result<ClassifyResponse> answer = look_at(request);
    last_classify_ = std::move(request);
    return answer_or_hold(std::move(answer), std::move(reply));
  }

  /// A model that there is gets loaded: it is ready then.
  void load(std::string name, Reply<void> reply) override {
    elsewhere([&] { reply(set_ready(name, true)); });
  }
  void unload(std::string name, Reply<void> reply) override {
    elsewhere([&] { reply(set_ready(name, false)); });
  }

  std::string metrics() const override { return metrics_; }

 private:
  /// On another thread, as the real one does it, but over when this returns.
  static void elsewhere(const std::function<void()>& work) { const std::jthread thread(work); }

  Status set_ready(const std::string& name, bool ready) {
    const MutexLock lock(mutex_);
    const auto found = models_.find(name);
    if (found == models_.end()) return fail(ErrorCode::kNotFound, "failed to load '" + name + "'");
    found->second.ready = ready;
    return {};
  }

  /// One request's answer, given once: as it is, or as kCancelled.
  class Pending {
   public:
    explicit Pending(std::move_only_function<void(bool)> answer) : answer_(std::move(answer)) {}
    /// False when it had been answered before.
    bool finish(bool cancelled) {
      std::move_only_function<void(bool)> answer;
      {
        const MutexLock lock(mutex_);
        answer.swap(answer_);
      }
      if (answer) answer(cancelled);
      return static_cast<bool>(answer);
    }

   private:
    Mutex mutex_;
    std::move_only_function<void(bool)> answer_ CNNSELECT_GUARDED_BY(mutex_);
  };

  Result<InferResponse> echo(const InferRequest& request) const {
    const auto known = model(request.model, request.version);
    if (!known) return std::unexpected(known.error());
    InferResponse response{request.model, "1", request.id, {{"model", request.model}}, {}};
    for (const InferInput& input : request.inputs) {
      bool binary = request.binary_by_default;
      for (const RequestedOutput& output : request.outputs) {
        if (output.name == input.name) binary = output.binary;
      }
      response.outputs.push_back({input.name,
                                  input.datatype,
                                  input.shape,
                                  {input.bytes.begin(), input.bytes.end()},
                                  binary});
    }
    return response;
  }

  Result<ClassifyResponse> look_at(const ClassifyRequest& request) const {
    const auto known = model(request.family, "");
    if (!known) return std::unexpected(known.error());
    ClassifyResponse response;
    response.id = request.id;
    response.family = request.family;
    response.model = "echo";
    response.reason = "base-only";
    response.probability = 1;
    response.sla = request.hints.sla;
    const std::string photo = request.body.substr(request.photo_offset, request.photo_size);
    response.top.push_back({photo, request.top, 0.5});
    return response;
  }

  template <class Answer>
  Cancel answer_or_hold(Result<Answer> answer, Reply<Answer> reply) {
    auto pending = std::make_shared<Pending>(
        [answer = std::move(answer), reply = std::move(reply)](bool cancelled) mutable {
          reply(cancelled ? Result<Answer>(fail(ErrorCode::kCancelled, "taken back"))
                          : std::move(answer));
        });
    if (hold_) {
      const MutexLock lock(mutex_);
      held_.push_back(pending);
    } else {
      pending->finish(false);
    }
    return [this, pending] {
      if (!pending->finish(true)) return;
      const MutexLock lock(mutex_);
      ++cancelled_;
    };
  }

  ServerState state_;
  std::string metrics_;
  bool hold_ = false;
  InferRequest last_infer_;
  ClassifyRequest last_classify_;
  mutable Mutex mutex_;
  std::map<std::string, ModelInfo, std::less<>> models_ CNNSELECT_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Pending>> held_ CNNSELECT_GUARDED_BY(mutex_);
  int cancelled_ CNNSELECT_GUARDED_BY(mutex_) = 0;
};

}  // namespace cnnselect
