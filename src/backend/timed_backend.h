// TimedBackend: the honest fake runtime. Its models take a stated time on an injected Clock and
// give a stated output; they can be told to fail, and to block until released.
//
// It keeps the Backend contract in full (inputs are checked, stopping works, errors name the file),
// so that what passes with it is worth something with a real runtime. Thread-safe; a loaded model
// may outlive the backend.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "cnnselect/backend.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// One model of a TimedBackend. The defaults are those of a 1-pixel classifier with two classes.
struct TimedModel {
  TensorSpec input{"input", ElementType::kFp32, {-1, 3, 1, 1}};
  TensorSpec output{"logits", ElementType::kFp32, {-1, 2}};
  /// Time of one run; null: no time passes. Called under a lock, each model with an Rng of its own.
  std::function<Duration(Rng&)> time;
  /// Output of a run; null: logits 0, 1, 2, ... as many as `output` says.
  std::function<Tensor(const TensorView&)> answer;
  Duration load_time{};
};

/// Takes `time` for every run and gives these logits; its input is FP32 [?,3,`side`,`side`].
TimedModel timed_model(Duration time, std::vector<float> logits, int side = 1);

class TimedBackend final : public Backend {
 public:
  /// `clock` outlives the backend and every model loaded by it. Equal seeds, equal draws.
  explicit TimedBackend(Clock& clock, std::uint64_t seed = 1);
  ~TimedBackend() override;

  /// Makes `file` loadable; it need not exist on disk. Replaces an earlier one of that name.
  void add(const std::filesystem::path& file, TimedModel model);

  /// From now on loading, or running, `file` gives this error; nothing: it works again. A run
  /// takes its time before it fails.
  void set_load_error(const std::filesystem::path& file, std::optional<Error> error);
  void set_run_error(const std::filesystem::path& file, std::optional<Error> error);

  /// Runs of `file` that start while it is blocked wait, until released or asked to stop.
  void block(const std::filesystem::path& file);
  void release(const std::filesystem::path& file);
  /// Waits until `count` runs of `file` are inside run().
  void wait_until_running(const std::filesystem::path& file, int count);

  int loads(const std::filesystem::path& file) const;  ///< calls of load(), failed ones included
  int runs(const std::filesystem::path& file) const;   ///< calls of run() that took the input

  std::string description() const override;
  Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path& file) override;

 private:
  class Model;
  struct State;
  std::shared_ptr<State> state_;  // shared with the loaded models
};

}  // namespace cnnselect
