#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stop_token>
#include <utility>

#include "base/log.h"

namespace cnnselect {
namespace {

constexpr const char* kStopping = "the server is stopping";
/// Models may become slower while somebody waits, so that it is too late sooner than it seemed.
constexpr Duration kLongestWatch = std::chrono::milliseconds(20);
constexpr const char* kTakenBack = "the client took the request back";

Error error_of(const GivenUp& ended) {
  if (ended.why == ErrorCode::kTimedOut) {
    return {ended.why,
            fmt::format("Request timeout expired: it has waited {:.3f} ms", to_ms(ended.queued))};
  }
  if (!ended.fastest) return {ended.why, "the device's own network does better"};
  return {ended.why,
          fmt::format("{:.3f} ms are left of the SLA for queue and model, and the fastest model "
                      "takes {:.3f} ms{}{}",
                      to_ms(ended.budget.soft), to_ms(*ended.fastest),
                      ended.queue_full ? "; too many late requests wait for an answer already" : "",
                      ended.why == ErrorCode::kUseDevice ? ": run the device's own network" : "")};
}

// Completions do not throw by contract; the thread that calls one must survive one that does.
void call(Completion& done, Result<Answer> answer) {
  try {
    done(std::move(answer));
  } catch (const std::exception& error) {
    spdlog::error("the completion of a request threw: {}", error.what());
  } catch (...) {
    spdlog::error("the completion of a request threw something unknown");
  }
}

}  // namespace

/// One request from submission to answer.
struct Engine::Job {
  std::unique_ptr<InputSource> input;
  Completion done;
  std::stop_source stop;
};

Engine::Engine(EngineOptions options, Clock& clock, ModelManager& models)
    : clock_(clock),
      models_(models),
      scheduler_(
          {.workers = options.workers, .max_queue = options.max_queue, .seed = options.seed}) {
  for (int i = 0; i < options.workers; ++i) threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { watch_the_time(); });
}

Engine::~Engine() {
  std::vector<std::unique_ptr<Job>> unstarted;
  const Error stopping{ErrorCode::kUnavailable, kStopping};
  {
    const MutexLock lock(mutex_);
    draining_ = true;
    stopping_ = true;
    for (const RequestId id : scheduler_.remove_waiting()) {
      unstarted.push_back(close(id, stopping.code));
    }
  }
  work_.notify_all();
  late_.notify_all();
  for (auto& job : unstarted) answer(std::move(job), std::unexpected(stopping));
  threads_.clear();  // joins
}

RequestId Engine::submit(Request request, Completion done) {
  const TimePoint now = clock_.now();
  auto job = std::make_unique<Job>(Job{std::move(request.input), std::move(done), {}});
  const RequestTerms& terms = request.terms;
  const bool may_end_waiting =
      terms.late == Late::kReject || terms.late == Late::kDevice || terms.timeout != kForever;
  RequestId id;
  Error refusal{ErrorCode::kUnavailable, kStopping};
  {
    const MutexLock lock(mutex_);
    id = RequestId{++last_id_};
    ++unanswered_;
    if (!draining_) {
      const Status admitted = scheduler_.admit({.id = id,
                                                .candidates = std::move(request.candidates),
                                                .terms = std::move(request.terms)},
                                               now);
      if (admitted) {
        jobs_.emplace(id, std::move(job));
      } else {
        refusal = admitted.error();
      }
    }
    if (job != nullptr) ++counts_.refused;
  }
  if (job != nullptr) {
    answer(std::move(job), std::unexpected(std::move(refusal)));
  } else {
    work_.notify_one();
    if (may_end_waiting) late_.notify_one();
  }
  return id;
}

void Engine::cancel(RequestId id) {
  const Error cancelled{ErrorCode::kCancelled, kTakenBack};
  std::unique_ptr<Job> removed;
  std::stop_source running(std::nostopstate);
  {
    const MutexLock lock(mutex_);
    switch (scheduler_.cancel(id)) {
      case CancelAction::kNone:
        return;
      case CancelAction::kRemoved:
        removed = close(id, cancelled.code);
        break;
      case CancelAction::kStop:
        running = jobs_.at(id)->stop;
        break;
    }
  }
  // Outside the lock: both may run code that is not ours.
  if (removed != nullptr) answer(std::move(removed), std::unexpected(cancelled));
  running.request_stop();
}

bool Engine::drain(TimePoint when) {
  const MutexLock lock(mutex_);
  draining_ = true;
  while (unanswered_ > 0) {
    if (!idle_.wait_until(mutex_, when)) return unanswered_ == 0;
  }
  return true;
}

EngineStatus Engine::status() const {
  const MutexLock lock(mutex_);
  EngineStatus status = counts_;
  status.waiting = scheduler_.waiting();
  status.running = scheduler_.running();
  return status;
}

void Engine::work() {
  std::vector<std::byte> scratch;
  while (true) {
    std::optional<NextStep> next;
    std::unique_ptr<Job> ended;
    Job* job = nullptr;
    {
      const MutexLock lock(mutex_);
      while (!(next = scheduler_.next(clock_.now(), models_))) {
        if (stopping_) return;
        work_.wait(mutex_);
      }
      if (const auto* const over = std::get_if<GivenUp>(&*next)) {
        ended = close(over->request, over->why);
      } else {
        job = jobs_.at(std::get<Start>(*next).request).get();
      }
    }
    if (ended != nullptr) {
      answer(std::move(ended), std::unexpected(error_of(std::get<GivenUp>(*next))));
      continue;
    }
    const auto& start = std::get<Start>(*next);
    // Before the run: what it takes in memory, it may take for others to load meanwhile.
    if (start.wished) models_.wished(*start.wished);
    auto result = perform(start, *job, scratch);
    {
      const MutexLock lock(mutex_);
      scheduler_.finished(start.request,
                          result ? std::optional(result->prepare + result->infer) : std::nullopt,
                          clock_.now());
      ended = close(start.request, result ? std::nullopt : std::optional(result.error().code));
    }
    answer(std::move(ended), std::move(result));
  }
}

void Engine::watch_the_time() {
  while (true) {
    std::unique_ptr<Job> job;
    std::optional<GivenUp> over;
    {
      const MutexLock lock(mutex_);
      while (!(over = scheduler_.give_up(clock_.now(), models_))) {
        if (stopping_) return;
        const TimePoint now = clock_.now();
        const TimePoint when = scheduler_.gives_up_at(now, models_);
        if (when == TimePoint::max()) {
          late_.wait(mutex_);
        } else {
          late_.wait_until(mutex_, std::min(when, now + kLongestWatch));
        }
      }
      job = close(over->request, over->why);
    }
    answer(std::move(job), std::unexpected(error_of(*over)));
  }
}

Result<Answer> Engine::perform(const Start& start, Job& job, std::vector<std::byte>& scratch) {
  // Inputs and models do not throw by contract; a worker must survive one that does.
  try {
    const auto handle = models_.acquire(start.model);
    if (!handle) return std::unexpected(handle.error());
    LoadedModel& model = handle->model();
    const std::stop_token stop = job.stop.get_token();
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, kTakenBack);
    const TimePoint begin = clock_.now();
    const auto input = job.input->tensor_for(start.model, model.input(), scratch);
    if (!input) return std::unexpected(input.error());
    const TimePoint prepared = clock_.now();
    auto output = model.run(*input, stop);
    if (!output) return std::unexpected(output.error());
    const TimePoint finished = clock_.now();
    models_.record(start.model, finished - begin, prepared - begin);
    return Answer{.model = start.model,
                  .version = handle->version(),
                  .output = std::move(*output),
                  .reason = start.reason,
                  .probability = start.probability,
                  .budget = start.budget,
                  .queued = start.queued,
                  .prepare = prepared - begin,
                  .infer = finished - prepared,
                  .finished = finished};
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, error.what());
  } catch (...) {
    return fail(ErrorCode::kInternal, "an unknown exception");
  }
}

std::unique_ptr<Engine::Job> Engine::close(RequestId id, std::optional<ErrorCode> error) {
  auto job = std::move(jobs_.extract(id).mapped());
  if (!error) {
    ++counts_.finished;
  } else if (error == ErrorCode::kCancelled) {
    ++counts_.cancelled;
  } else if (error == ErrorCode::kUnavailable) {
    ++counts_.refused;
  } else if (error == ErrorCode::kTooLate || error == ErrorCode::kUseDevice) {
    ++counts_.given_up;
  } else if (error == ErrorCode::kTimedOut) {
    ++counts_.timed_out;
  } else {
    ++counts_.failed;
  }
  return job;
}

void Engine::answer(std::unique_ptr<Job> job, Result<Answer> answer) {
  call(job->done, std::move(answer));
  job.reset();  // whatever the completion kept alive is gone before drain() returns
  {
    const MutexLock lock(mutex_);
    if (--unanswered_ > 0) return;
  }
  idle_.notify_all();
}

}  // namespace cnnselect
