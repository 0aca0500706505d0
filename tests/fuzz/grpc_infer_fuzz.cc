// Any bytes as an inference.ModelInferRequest.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "oip_checks.h"
#include "rpc/infer_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  inference::ModelInferRequest message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  auto request = cnnselect::rpc::read_infer_request(std::move(message), {});
  if (request) cnnselect::net::check_accepted(*std::move(request));
  return 0;
}
