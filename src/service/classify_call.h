// ClassifyCall: one photo's way through the service: decode, submit, word the answer.
// It lives as long as something still has to act on it: the decoder's job, the engine's completion,
// or the transport's Cancel.
#pragma once

#include <memory>
#include <vector>

#include "api/inference_api.h"
#include "backend/classification.h"
#include "service/flight.h"
#include "service/request_plan.h"
#include "service/service_context.h"

namespace cnnselect {

class ClassifyCall : public std::enable_shared_from_this<ClassifyCall> {
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
  RequestFacts facts() const;

  const ServiceContext& context_;
  const Target target_;
  const RequestTerms terms_;
  ClassifyRequest request_;
  Reply<ClassifyResponse> reply_;
  Flight flight_;
  const TimePoint started_;
  Duration decode_{};
};

}  // namespace cnnselect
