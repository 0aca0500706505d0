// ClassifyCall: one photo's way through the service: decode, submit, word the answer.
// It lives as long as something still has to act on it: the decoder's job, the engine's completion,
// or the transport's Cancel.
#pragma once

#include <memory>
#include <vector>

#include "api/inference_api.h"
#include "backend/classification.h"
#include "service/call.h"

namespace cnnselect {

class ClassifyCall : private Call, public std::enable_shared_from_this<ClassifyCall> {
 public:
  /// Replies exactly once, on any thread. Calling the result takes the call back.
  static Cancel start(const ServiceContext& context, Target target, RequestTerms terms,
                      ClassifyRequest request, Reply<ClassifyResponse> reply);

  ClassifyCall(const ServiceContext& context, Target target, RequestTerms terms,
               ClassifyRequest request, Reply<ClassifyResponse> reply);

 private:
  void decode_photo();
  void answer(const Result<Answer>& answer);
  ClassifyResponse word(const Answer& answer, const std::vector<RankedClass>& classes,
                        TimePoint ready) const;
  void refuse(const Error& error);
  RequestFacts facts() const { return facts_of(request_, request_.family, "classify"); }

  ClassifyRequest request_;
  Reply<ClassifyResponse> reply_;
  const TimePoint started_;
  Duration decode_{};
};

}  // namespace cnnselect
