// Any bytes as an inference.ModelInferRequest.
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "oip_checks.h"
#include "rpc/infer_message.h"
#include "rpc/infer_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const grpc::Slice slice(data, size);
  grpc::ByteBuffer bytes(&slice, 1);
  auto message = cnnselect::rpc::parse_infer_message(bytes);
  if (!message) return 0;
  auto request = cnnselect::rpc::read_infer_request(*std::move(message), {});
  if (request) cnnselect::check_accepted(*std::move(request));
  return 0;
}
