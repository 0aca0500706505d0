#include "backend/timed_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "backend/image_classifier.h"
#include "base/mutex.h"

namespace cnnselect {
namespace {

/// What is known of one file; all of it is guarded by State::mutex.
struct Entry {
  TimedModel model;
  Rng rng{0};
  std::optional<Error> load_error;
  std::optional<Error> run_error;
  bool blocked = false;
  int loads = 0;
  int runs = 0;
  int running = 0;
};

Tensor make_logits(std::int64_t batch, const std::vector<float>& one) {
  Tensor tensor{ElementType::kFp32, {batch, static_cast<std::int64_t>(one.size())}, {}};
  const std::size_t row = one.size() * sizeof(float);
  tensor.bytes.resize(row * static_cast<std::size_t>(batch));
  for (std::size_t at = 0; at < tensor.bytes.size(); at += row) {
    std::memcpy(&tensor.bytes[at], one.data(), row);
  }
  return tensor;
}

Tensor counting_logits(const TensorSpec& output, std::int64_t batch) {
  std::vector<float> logits(
      static_cast<std::size_t>(std::max<std::int64_t>(output.shape.back(), 1)));
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i);
  return make_logits(batch, logits);
}

}  // namespace

struct TimedBackend::State {
  State(Clock& the_clock, std::uint64_t the_seed) : clock(the_clock), seed(the_seed) {}

  /// Tests name their files: an unknown one is a mistake in the test.
  Entry& at(const std::filesystem::path& file) CNNSELECT_REQUIRES(mutex) {
    const auto found = entries.find(file);
    assert(found != entries.end());
    return found->second;
  }

  Clock& clock;
  std::uint64_t seed;
  Mutex mutex;
  CondVar changed;
  std::map<std::filesystem::path, Entry> entries CNNSELECT_GUARDED_BY(mutex);
};

class TimedBackend::Model final : public LoadedModel {
 public:
  Model(std::shared_ptr<State> state, std::filesystem::path file, TimedModel model)
      : state_(std::move(state)), file_(std::move(file)), model_(std::move(model)) {}

  const TensorSpec& input() const override { return model_.input; }
  const TensorSpec& output() const override { return model_.output; }

  Result<Tensor> run(const TensorView& input, const std::stop_token& stop) override {
    if (auto fits = check_tensor(model_.input, input); !fits) return std::unexpected(fits.error());
    const Duration time = begin(stop);
    if (!stop.stop_requested() && time > Duration::zero()) {
      state_->clock.sleep_until(state_->clock.now() + time);
    }
    const auto error = end();
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped on request");
    if (error) return std::unexpected(*error);
    return model_.answer ? model_.answer(input) : counting_logits(model_.output, input.shape[0]);
  }

 private:
  /// Counts the run in, waits while the model is blocked, and draws the run's time.
  Duration begin(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] {
      const MutexLock lock(state_->mutex);
      state_->changed.notify_all();
    });
    const MutexLock lock(state_->mutex);
    Entry& entry = state_->at(file_);
    ++entry.runs;
    ++entry.running;
    state_->changed.notify_all();
    while (entry.blocked && !stop.stop_requested()) state_->changed.wait(state_->mutex);
    return model_.time ? model_.time(entry.rng) : Duration::zero();
  }

  std::optional<Error> end() {
    const MutexLock lock(state_->mutex);
    Entry& entry = state_->at(file_);
    --entry.running;
    state_->changed.notify_all();
    return entry.run_error;
  }

  std::shared_ptr<State> state_;
  std::filesystem::path file_;
  TimedModel model_;
};

TimedModel timed_model(Duration time, std::vector<float> logits, int side) {
  TimedModel model;
  model.input.shape = {-1, 3, side, side};
  model.output.shape = {-1, static_cast<std::int64_t>(logits.size())};
  model.time = [time](Rng&) { return time; };
  model.answer = [logits = std::move(logits)](const TensorView& input) {
    return make_logits(input.shape[0], logits);
  };
  return model;
}

TimedBackend::TimedBackend(Clock& clock, std::uint64_t seed)
    : state_(std::make_shared<State>(clock, seed)) {}

TimedBackend::~TimedBackend() = default;

void TimedBackend::add(const std::filesystem::path& file, TimedModel model) {
  const MutexLock lock(state_->mutex);
  // Mixed with the number of models, so that no two draw the same times.
  Rng mix(state_->seed + state_->entries.size());
  Entry& entry = state_->entries[file];
  entry.model = std::move(model);
  entry.rng = Rng(mix());
}

void TimedBackend::set_load_error(const std::filesystem::path& file, std::optional<Error> error) {
  const MutexLock lock(state_->mutex);
  state_->at(file).load_error = std::move(error);
}

void TimedBackend::set_run_error(const std::filesystem::path& file, std::optional<Error> error) {
  const MutexLock lock(state_->mutex);
  state_->at(file).run_error = std::move(error);
}

void TimedBackend::block(const std::filesystem::path& file) {
  const MutexLock lock(state_->mutex);
  state_->at(file).blocked = true;
}

void TimedBackend::release(const std::filesystem::path& file) {
  const MutexLock lock(state_->mutex);
  state_->at(file).blocked = false;
  state_->changed.notify_all();
}

void TimedBackend::wait_until_running(const std::filesystem::path& file, int count) {
  const MutexLock lock(state_->mutex);
  while (state_->at(file).running < count) state_->changed.wait(state_->mutex);
}

int TimedBackend::loads(const std::filesystem::path& file) const {
  const MutexLock lock(state_->mutex);
  return state_->at(file).loads;
}

int TimedBackend::runs(const std::filesystem::path& file) const {
  const MutexLock lock(state_->mutex);
  return state_->at(file).runs;
}

std::string TimedBackend::description() const { return "timed"; }

Result<std::unique_ptr<LoadedModel>> TimedBackend::load(const std::filesystem::path& file) {
  std::optional<TimedModel> model;
  {
    const MutexLock lock(state_->mutex);
    const auto found = state_->entries.find(file);
    if (found == state_->entries.end()) {
      return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", file.string()));
    }
    ++found->second.loads;
    if (found->second.load_error) {
      return std::unexpected(found->second.load_error->within(file.string()));
    }
    model = found->second.model;
  }
  if (model->load_time > Duration::zero()) {
    state_->clock.sleep_until(state_->clock.now() + model->load_time);
  }
  return std::make_unique<Model>(state_, file, std::move(*model));
}

}  // namespace cnnselect
