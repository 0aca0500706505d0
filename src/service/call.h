// Call: what the two kinds of request on the service have in common. Its parts may be used on any
// thread; what it refers to outlives it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "service/flight.h"
#include "service/input_sources.h"
#include "service/request_facts.h"
#include "service/service_context.h"

namespace cnnselect {

class Call {
 protected:
  Call(const ServiceContext& context, Target target, RequestTerms terms)
      : context_(context),
        target_(std::move(target)),
        terms_(std::move(terms)),
        flight_(context.engine) {}

  /// Errors: those of cnnselect::decode_photo(); kCancelled if the client has gone away.
  Result<std::unique_ptr<InputSource>> decode(std::span<const std::byte> photo) const;
  /// As far as the server can tell, of an answer that is `ready`; nothing without an SLA.
  std::optional<bool> in_time(TimePoint ready) const;
  /// It refers to `request`. `asked`: the name in it. `call`: "infer" or "classify".
  template <class Request>
  RequestFacts facts_of(const Request& request, std::string_view asked,
                        std::string_view call) const {
    return {.family = target_.family,
            .asked = asked,
            .call = call,
            .id = request.id,
            .terms = terms_,
            .hints = request.hints,
            .arrival = request.arrival,
            .trace = request.trace,
            .bytes = request.body.size()};
  }

  const ServiceContext& context_;
  const Target target_;
  const RequestTerms terms_;
  Flight flight_;
};

}  // namespace cnnselect
