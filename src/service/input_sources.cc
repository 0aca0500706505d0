#include "service/input_sources.h"

#include <algorithm>
#include <new>

#include "image/prepare.h"

namespace cnnselect {

namespace {

// Pixels of the shorter side that the largest of `members` needs of a decoded photo.
int enough_pixels(const Catalog& catalog, std::span<const ModelId> members) {
  int enough = 0;
  for (const ModelId id : members) {
    enough = std::max(enough, cnnselect::enough_pixels(catalog.model(id).member.input));
  }
  return enough;
}

}  // namespace

Result<std::unique_ptr<InputSource>> decode_photo(std::span<const std::byte> encoded,
                                                  const DecodeLimits& limits,
                                                  const Catalog& catalog,
                                                  std::span<const ModelId> members) {
  try {
    auto photo = decode(encoded, limits, enough_pixels(catalog, members));
    if (!photo) return std::unexpected(photo.error());
    return std::make_unique<PhotoSource>(std::move(*photo), catalog);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kUnavailable, "there is no memory to decode the photo");
  }
}

Result<TensorView> PhotoSource::tensor_for(ModelId model, const TensorSpec& spec,
                                           std::vector<std::byte>& scratch) {
  const InputSpec& input = catalog_.model(model).member.input;
  const Image fitted = fit(photo_, input);
  scratch.resize(tensor_bytes(input, spec.type));
  write_tensor(fitted, input, spec.type, scratch);
  shape_ = tensor_shape(input);
  return TensorView{spec.type, shape_, scratch};
}

}  // namespace cnnselect
