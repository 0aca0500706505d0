// The tensors of the binary extension: cut off the body one after the other, without copying where
// that is possible, and aligned for their element type.
//
// A tensor starts wherever the JSON before it ends, so mostly at an odd address. The JSON has been
// read by then: the first tensor slides over its end to an aligned address, which costs one move
// within the cache and no allocation. Others are copied when they are not aligned.
// One thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "cnnselect/result.h"
#include "oip/tensor_types.h"

namespace cnnselect {

class BinaryTensors {
 public:
  /// Tensors start at `begin` of `body`; what is before is spent and may be overwritten. Spans
  /// point into `body` or `storage`; both keep them through a move.
  BinaryTensors(std::string& body, std::size_t begin, std::vector<std::vector<std::byte>>& storage)
      : body_(body), storage_(storage), next_(begin) {}

  std::size_t left() const { return body_.size() - next_; }

  /// The next `size` bytes, aligned for `type`. Precondition: size <= left().
  std::span<const std::byte> take(std::size_t size, Datatype type);

 private:
  std::span<std::byte> in_body(std::size_t offset, std::size_t size) {
    return std::as_writable_bytes(std::span(body_)).subspan(offset, size);
  }

  std::string& body_;
  std::vector<std::vector<std::byte>>& storage_;
  std::size_t next_;
  std::size_t free_from_ = 0;  ///< from here to next_ the body may be overwritten
};

/// Counts the elements of a BYTES tensor, each a 32-bit length and as many bytes. Errors:
/// kInvalidArgument: an element ends after the tensor does.
Result<std::size_t> count_bytes_elements(std::span<const std::byte> bytes);

}  // namespace cnnselect
