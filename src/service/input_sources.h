// The two sources of an input tensor: a decoded photo, prepared for whichever model was chosen, or
// a tensor that the client sent ready-made.
#pragma once

#include <memory>
#include <span>

#include "engine/request.h"
#include "image/decode.h"
#include "image/image.h"
#include "model/catalog.h"

namespace cnnselect {

/// Resizes, crops and normalises the photo for the chosen model, into the worker's scratch.
class PhotoSource final : public InputSource {
 public:
  /// `catalog` outlives the source.
  PhotoSource(Image photo, const Catalog& catalog) : photo_(std::move(photo)), catalog_(catalog) {}

  Result<TensorView> tensor_for(ModelId model, const TensorSpec& spec,
                                std::vector<std::byte>& scratch) override;

 private:
  Image photo_;
  const Catalog& catalog_;
  std::vector<std::int64_t> shape_;
};

/// Decodes a photo, as large as the largest of `members` needs it. `catalog` outlives the result.
/// Errors: those of decode(); kUnavailable if no memory is left for its pixels.
Result<std::unique_ptr<InputSource>> decode_photo(std::span<const std::byte> encoded,
                                                  const DecodeLimits& limits,
                                                  const Catalog& catalog,
                                                  std::span<const ModelId> members);

/// Hands out one image of a client's tensor as it lies in the request's body.
class TensorSource final : public InputSource {
 public:
  /// `bytes` hold one image of `shape`, aligned for `type`; `owner` keeps them alive.
  TensorSource(ElementType type, std::vector<std::int64_t> shape, std::span<const std::byte> bytes,
               std::shared_ptr<const void> owner)
      : type_(type), shape_(std::move(shape)), bytes_(bytes), owner_(std::move(owner)) {}

  Result<TensorView> tensor_for(ModelId, const TensorSpec&, std::vector<std::byte>&) override {
    return TensorView{type_, shape_, bytes_};
  }

 private:
  ElementType type_;
  std::vector<std::int64_t> shape_;
  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace cnnselect
