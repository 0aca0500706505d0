#include "service/input_sources.h"

#include <algorithm>

#include "image/prepare.h"

namespace cnnselect {

int enough_pixels(const Catalog& catalog, std::span<const ModelId> members) {
  int enough = 0;
  for (const ModelId id : members) {
    enough = std::max(enough, catalog.model(id).member.input.resize);
  }
  return enough;
}

Result<TensorView> PhotoSource::tensor_for(ModelId model, const TensorSpec& spec,
                                           std::vector<std::byte>& scratch) {
  const InputSpec& input = catalog_.model(model).member.input;
  const Image fitted = fit(photo_, input);
  scratch.resize(tensor_bytes(input, spec.type));
  write_tensor(fitted, input, spec.type, scratch);
  shape_ = input.layout == Layout::kNchw ? std::vector<std::int64_t>{1, 3, input.crop, input.crop}
                                         : std::vector<std::int64_t>{1, input.crop, input.crop, 3};
  return TensorView{spec.type, shape_, scratch};
}

}  // namespace cnnselect
