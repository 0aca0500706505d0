#include "engine/blank_input.h"

#include "image/prepare.h"

namespace cnnselect {

Tensor blank_input(const TensorSpec& spec, const InputSpec& input) {
  Tensor tensor{.type = spec.type, .shape = spec.shape, .bytes = {}};
  const auto usual = tensor_shape(input);
  std::size_t elements = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] < 0) tensor.shape[i] = i < usual.size() ? usual[i] : 1;
    elements *= static_cast<std::size_t>(tensor.shape[i]);
  }
  tensor.bytes.resize(elements * size_of(tensor.type));
  return tensor;
}

}  // namespace cnnselect
