#include "classify_request.h"

#include <fmt/format.h>

#include <boost/url.hpp>
#include <span>

#include "photo_file.h"

namespace cnnselect {
namespace {

std::string path_and_query(const ClassifyQuestion& question) {
  boost::urls::url url;
  url.set_path_absolute(true);
  url.segments().assign({"v1", "families", question.family, "classify"});
  if (question.sla != kForever) {
    url.params().append({"sla_ms", fmt::format("{}", to_ms(question.sla))});
  }
  if (!question.policy.empty()) url.params().append({"policy", question.policy});
  return url.buffer();
}

}  // namespace

ShapedRequest classify_request(WireProtocol protocol, const ClassifyQuestion& question,
                               const std::string& photo) {
  ShapedRequest request{.body = std::as_bytes(std::span(photo))};
  if (protocol == WireProtocol::kHttp) {
    request.target = path_and_query(question);
    request.headers.emplace_back("Content-Type", content_type_of(photo));
    return request;
  }
  request.target = question.family;
  if (question.sla != kForever) {
    request.headers.emplace_back("x-cnnselect-sla-ms", fmt::format("{}", to_ms(question.sla)));
  }
  if (!question.policy.empty()) {
    request.headers.emplace_back("x-cnnselect-policy", question.policy);
  }
  return request;
}

}  // namespace cnnselect
