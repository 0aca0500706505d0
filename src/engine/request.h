// Request: one inference that the engine is asked for. Answer: what it gave.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "budget/budget.h"
#include "cnnselect/backend.h"
#include "cnnselect/ids.h"
#include "cnnselect/result.h"
#include "cnnselect/selector.h"
#include "engine/request_terms.h"

namespace cnnselect {

/// Makes the input tensor once the model is known. Called at most once, on a worker thread.
class InputSource {
 public:
  InputSource() = default;
  InputSource(const InputSource&) = delete;
  InputSource& operator=(const InputSource&) = delete;
  virtual ~InputSource() = default;

  /// The tensor for `model`, whose input is `spec`. Valid until the next call or destruction.
  /// `scratch` belongs to the worker and is reused. So nothing is allocated per request.
  virtual Result<TensorView> tensor_for(ModelId model, const TensorSpec& spec,
                                        std::vector<std::byte>& scratch) = 0;
};

/// Everything about an answer but the network around it.
struct Answer {
  ModelId model;
  int version = 1;  ///< of the file that ran
  Tensor output;
  Reason reason = Reason::kFixed;
  double probability = 1;  ///< the chosen model's chance in the draw
  Budget budget;           ///< at the moment of the decision
  Duration queued{};       ///< from submission to the decision
  Duration prepare{};      ///< InputSource::tensor_for
  Duration infer{};        ///< LoadedModel::run
  TimePoint finished;      ///< end of the run
};

/// Called exactly once per submitted request, on a worker, or on the submitting or cancelling
/// thread. Must not block. Errors: kUnavailable (queue full, stopping), kCancelled, kTimedOut,
/// kTooLate and kUseDevice (given up), and those of the run.
using Completion = std::move_only_function<void(Result<Answer>)>;

struct Request {
  std::vector<ModelId> candidates;     ///< at least one; loaded models that can take the input
  RequestTerms terms;                  ///< with a policy that outlives the engine
  std::unique_ptr<InputSource> input;  ///< not null for the threaded engine
};

}  // namespace cnnselect
