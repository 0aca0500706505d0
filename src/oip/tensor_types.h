// Datatypes of the Open Inference Protocol, and the arithmetic of shapes: element and byte counts
// that cannot overflow, whatever numbers a client sends. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

namespace cnnselect {

enum class Datatype {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFp16,
  kFp32,
  kFp64,
  kBf16,
  kBytes,
};

/// From the protocol's spelling: "FP32". Errors: kInvalidArgument, listing the spellings.
Result<Datatype> parse_datatype(std::string_view name);

/// The protocol's spelling.
std::string_view datatype_name(Datatype type);

/// Bytes per element; 0 for BYTES, whose elements vary.
std::size_t size_of(Datatype type);

/// Product of the dimensions, 1 for an empty shape. Errors: kInvalidArgument for a negative
/// dimension and for more elements, or bytes of `type`, than an int64 can count.
Result<std::size_t> element_count(std::span<const std::int64_t> shape, Datatype type);

}  // namespace cnnselect
