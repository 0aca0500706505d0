#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "base/shape_text.h"
#include "oip/binary_tensors.h"
#include "oip/oip_request.h"
#include "oip/tensor_types.h"

namespace cnnselect {
namespace {

std::unexpected<Error> refuse(const ModelInfo& model, std::string_view why) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("a request without JSON does not fit model '{}': {}", model.name, why));
}

/// The shape of one BYTES element, if the input takes one.
Result<std::vector<std::int64_t>> one_element(const TensorInfo& input, const ModelInfo& model) {
  std::vector<std::int64_t> shape = input.shape;
  std::ranges::replace(shape, -1, 1);
  const auto count = element_count(shape, Datatype::kBytes);
  if (count && *count == 1) return shape;
  return refuse(model, fmt::format("input '{}' has shape {}, the body is one BYTES element",
                                   input.name, shape_text(input.shape)));
}

/// `input.shape` with a batch of one, and the second free dimension such that `bytes` fit.
Result<std::vector<std::int64_t>> fitting_shape(const TensorInfo& input, const ModelInfo& model,
                                                Datatype type, std::size_t bytes) {
  std::vector<std::int64_t> shape = input.shape;
  if (!shape.empty() && shape.front() == -1) shape.front() = 1;
  if (std::ranges::count(shape, -1) > 1) {
    return refuse(model, fmt::format("input '{}' has several free dimensions, {}", input.name,
                                     shape_text(input.shape)));
  }
  const auto free = std::ranges::find(shape, -1);
  if (free != shape.end()) *free = 1;
  const auto count = element_count(shape, type);
  if (!count) return std::unexpected(count.error());
  const std::size_t row = *count * size_of(type);
  if (free != shape.end() && row > 0 && bytes % row == 0) {
    *free = static_cast<std::int64_t>(bytes / row);
    return shape;
  }
  if (bytes == row) return shape;
  return refuse(model, fmt::format("unexpected size for input '{}': the body has {} bytes, {} {} "
                                   "takes {}{}",
                                   input.name, bytes, input.datatype, shape_text(input.shape),
                                   free == shape.end() ? "" : "a multiple of ", row));
}

}  // namespace

Result<InferRequest> parse_bare_tensor(std::string body, const ModelInfo& model,
                                       RequestHints hints) {
  if (model.inputs.size() != 1) {
    return refuse(model, fmt::format("it has {} inputs", model.inputs.size()));
  }
  const TensorInfo& wanted = model.inputs.front();
  const auto type = parse_datatype(wanted.datatype);
  if (!type) return std::unexpected(type.error());
  auto shape = *type == Datatype::kBytes ? one_element(wanted, model)
                                         : fitting_shape(wanted, model, *type, body.size());
  if (!shape) return std::unexpected(shape.error());

  InferRequest request;
  request.hints = std::move(hints);
  request.binary_by_default = true;
  InferInput input{wanted.name, wanted.datatype, *std::move(shape), {}};
  if (*type == Datatype::kBytes) {
    if (body.size() > std::numeric_limits<std::uint32_t>::max()) {
      return refuse(model, "a BYTES element has at most 4294967295 bytes");
    }
    const auto length = static_cast<std::uint32_t>(body.size());
    std::vector<std::byte> element(sizeof(length) + body.size());
    std::memcpy(element.data(), &length, sizeof(length));
    std::ranges::copy(std::as_bytes(std::span(body)), element.begin() + sizeof(length));
    request.storage.push_back(std::move(element));
    input.bytes = request.storage.back();
  } else {
    request.body = std::move(body);
    BinaryTensors tensors(request.body, 0, request.storage);
    input.bytes = tensors.take(tensors.left(), *type);
  }
  request.inputs.push_back(std::move(input));
  return request;
}

}  // namespace cnnselect
