// Any bytes as the JSON of an inference request.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "oip/oip_request.h"
#include "oip_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  std::string body(reinterpret_cast<const char*>(data), size);
  auto request = parse_infer_request(std::move(body), size, {});
  if (request) check_accepted(*std::move(request));
  return 0;
}
