// A photo as a request that asks about it, in the form that the server's protocol wants. Pure.
#pragma once

#include <string>

#include "cnnselect/time.h"
#include "load/sender.h"

namespace cnnselect {

/// What is asked; an empty policy is left out, as is an SLA of kForever.
struct ClassifyQuestion {
  std::string family;
  Duration sla = kForever;
  std::string policy;
};

/// Over HTTP `/v1/families/<family>/classify?sla_ms=...&policy=...`, names percent-encoded; over
/// gRPC the family, with the rest as metadata. `photo` outlives the request.
ShapedRequest classify_request(WireProtocol protocol, const ClassifyQuestion& question,
                               const std::string& photo);

}  // namespace cnnselect
