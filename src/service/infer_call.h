// InferCall: one Open Inference request's way through the service. A batch of N images becomes N
// requests of the engine. Each is timed and chosen for by itself. The answer joins them in order.
// The call lives as long as something still has to act on it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "api/inference_api.h"
#include "service/call.h"

namespace cnnselect {

class InferCall : private Call, public std::enable_shared_from_this<InferCall> {
 public:
  /// Replies exactly once, on any thread. Calling the result takes the call back.
  static Cancel start(const ServiceContext& context, Target target, RequestTerms terms,
                      InferRequest request, Reply<InferResponse> reply);

  InferCall(const ServiceContext& context, Target target, RequestTerms terms, InferRequest request,
            Reply<InferResponse> reply);

 private:
  Status check_names() const;
  Status start_tensor(const InferInput& input);
  Status refuse_shape(const InferInput& input) const;
  Status start_photos(const InferInput& input);
  void decode_photo(std::size_t part, std::span<const std::byte> encoded);
  void submit(std::size_t part, std::vector<ModelId> candidates,
              std::unique_ptr<InputSource> input);
  void finish(std::size_t part, Result<Answer> answer);
  void reply();
  RequestFacts facts() const;
  Result<InferResponse> word(TimePoint ready) const;
  Parameters explain(TimePoint ready) const;
  Result<InferOutput> word_output(const RequestedOutput& wanted) const;
  const TensorSpec& first_output() const { return first_->output; }

  const InferRequest request_;
  Reply<InferResponse> reply_;
  std::shared_ptr<const ModelSpecs> first_;  ///< the first member; the request must use its names
  std::vector<std::optional<Result<Answer>>> parts_;
  std::atomic<std::size_t> unfinished_ = 0;
  std::atomic<bool> failed_ = false;  ///< one part has, and the others were taken back
  std::size_t first_failed_ = 0;      ///< which; written by the thread that set failed_
};

}  // namespace cnnselect
