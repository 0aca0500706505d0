// Any bytes as JSON and the binary tensors behind it, parted at the first line break; without one,
// as a bare tensor for models of several shapes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "oip/oip_request.h"
#include "oip_checks.h"

namespace {

using namespace cnnselect;
using cnnselect::require;

void parse_bare(const std::string& body) {
  const TensorInfo inputs[] = {{"x", "FP32", {-1, 3, -1}},
                               {"x", "FP64", {-1}},
                               {"x", "UINT8", {-1, -1}},
                               {"x", "BYTES", {1}}};
  for (const TensorInfo& input : inputs) {
    auto request = parse_bare_tensor(body, {"m", {"1"}, "", {input}, {}, true}, {});
    if (request) check_accepted(*std::move(request));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body(reinterpret_cast<const char*>(data), size);
  const std::size_t line_break = body.find('\n');
  if (line_break == std::string::npos) {
    parse_bare(body);
    return 0;
  }
  body.erase(line_break, 1);
  const auto json_size = json_length(std::to_string(line_break), body.size());
  require(json_size == line_break);
  auto request = parse_infer_request(std::move(body), line_break, {});
  if (request) check_accepted(*std::move(request));
  return 0;
}
