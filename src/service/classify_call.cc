#include "service/classify_call.h"

#include <span>

namespace cnnselect {
namespace {

std::span<const std::byte> photo_bytes(const ClassifyRequest& request) {
  return std::as_bytes(std::span(request.body)).subspan(request.photo_offset, request.photo_size);
}

}  // namespace

ClassifyCall::ClassifyCall(const ServiceContext& context, Target target, RequestTerms terms,
                           ClassifyRequest request, Reply<ClassifyResponse> reply)
    : Call(context, std::move(target), std::move(terms)),
      request_(std::move(request)),
      reply_(std::move(reply)),
      started_(context.clock.now()) {}

Cancel ClassifyCall::start(const ServiceContext& context, Target target, RequestTerms terms,
                           ClassifyRequest request, Reply<ClassifyResponse> reply) {
  auto call = std::make_shared<ClassifyCall>(context, std::move(target), std::move(terms),
                                             std::move(request), std::move(reply));
  if (const Status posted = context.decoders.post([call] { call->decode_photo(); }); !posted) {
    call->refuse(posted.error());
    return [] {};
  }
  return [call = std::move(call)] { call->flight_.cancel(); };
}

void ClassifyCall::decode_photo() {
  auto input = decode(photo_bytes(request_));
  if (!input) return refuse(input.error());
  decode_ = context_.clock.now() - started_;
  flight_.submit({.candidates = target_.members, .terms = terms_, .input = std::move(*input)},
                 [self = shared_from_this()](Result<Answer> answer) { self->answer(answer); });
}

void ClassifyCall::answer(const Result<Answer>& answer) {
  if (!answer) return refuse(answer.error());
  const Family& family = context_.catalog.family(target_.family);
  const auto classes = rank(answer->output, context_.catalog.model(answer->model).member.output,
                            family.labels.size(), static_cast<std::size_t>(request_.top));
  if (!classes) return refuse(classes.error());
  const TimePoint ready = context_.clock.now();
  auto response = word(*answer, *classes, ready);
  const Answer* const only = &*answer;
  context_.books.answered(
      facts(), std::span(&only, 1),
      {.input = terms_.timing.input, .decode = decode_, .server = response.server},
      response.in_time);
  reply_(std::move(response));
}

ClassifyResponse ClassifyCall::word(const Answer& answer, const std::vector<RankedClass>& classes,
                                    TimePoint ready) const {
  const Family& family = context_.catalog.family(target_.family);
  const FamilyMember& member = context_.catalog.model(answer.model).member;
  ClassifyResponse response{.id = request_.id,
                            .family = family.name,
                            .model = member.name,
                            .top = {},
                            .reason = std::string(to_string(answer.reason)),
                            .probability = answer.probability,
                            .sla = std::nullopt,
                            .in_time = in_time(ready),
                            .input = terms_.timing.input,
                            .decode = decode_,
                            .queued = answer.queued,
                            .infer = answer.prepare + answer.infer,
                            .server = ready - terms_.timing.received,
                            .budget = std::nullopt};
  if (terms_.has_sla()) {
    response.sla = terms_.timing.sla;
    response.budget = answer.budget.soft;
  }
  for (const RankedClass& ranked : classes) {
    response.top.push_back({.label = family.labels[ranked.index],
                            .index = static_cast<int>(ranked.index),
                            .confidence = ranked.confidence});
  }
  return response;
}

void ClassifyCall::refuse(const Error& error) {
  context_.books.failed(facts(), error);
  reply_(std::unexpected(error));
}

}  // namespace cnnselect
