// Backend: the runtime that executes networks, behind one small interface.
//
// Implementations: ONNX Runtime and TimedBackend (src/backend). To unload a model, destroy its
// LoadedModel. Several threads may call Backend::load and LoadedModel::run at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// Element types, spelt as in the Open Inference Protocol. Only those that an image classifier uses
/// for its input or output.
enum class ElementType { kFp32, kUint8, kFp16 };

/// "FP32", "UINT8", "FP16".
constexpr std::string_view to_string(ElementType type) {
  switch (type) {
    case ElementType::kFp32:
      return "FP32";
    case ElementType::kUint8:
      return "UINT8";
    case ElementType::kFp16:
      return "FP16";
  }
  return "unknown";
}
/// Bytes per element: 4, 1, 2.
constexpr std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::kFp32:
      return 4;
    case ElementType::kFp16:
      return 2;
    case ElementType::kUint8:
      break;
  }
  return 1;
}

/// One input or output of a model. A dimension of -1 is free.
struct TensorSpec {
  std::string name;
  ElementType type = ElementType::kFp32;
  std::vector<std::int64_t> shape;
};

/// Row-major, little-endian. `bytes.size()` is the product of `shape` times the element size.
struct Tensor {
  ElementType type = ElementType::kFp32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

/// A tensor that somebody else owns. Valid for the call it is passed to. Aligned for its element
/// type.
struct TensorView {
  ElementType type = ElementType::kFp32;
  std::span<const std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// A loaded network, ready to run. An image classifier has one input. Of its outputs only the first
/// counts.
class LoadedModel {
 public:
  LoadedModel() = default;
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;
  virtual ~LoadedModel() = default;

  virtual const TensorSpec& input() const = 0;
  virtual const TensorSpec& output() const = 0;
  /// Images that each run costs the time of: more than one where the network's batch is fixed.
  virtual std::int64_t batch() const { return 1; }

  /// Runs one input through the network. If `stop` is requested, the run ends early with
  /// kCancelled, where the runtime can do that. A default-constructed token never asks. A request
  /// to stop may call into the runtime on the requesting thread, for a short moment. Errors:
  /// kInvalidArgument (type or shape does not fit `input()`), kCancelled, kInternal (in the
  /// runtime's own words).
  virtual Result<Tensor> run(const TensorView& input, const std::stop_token& stop) = 0;
};

class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  /// "onnxruntime 1.27.0": for logs, model metadata and benchmark headers.
  virtual std::string description() const = 0;

  /// Loads a model file. Errors name the file and the reason: kNotFound, kInvalidArgument (broken,
  /// truncated, not a model, not one image-like input), kInternal.
  virtual Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path& file) = 0;

  /// Does what only the first load of a file does, such as keeping something for the next one.
  /// After it, every load takes the same time and memory. May take longer than a load. Cannot fail:
  /// load() tells what is wrong with the file.
  virtual void prepare(const std::filesystem::path& /*file*/) {}
};

}  // namespace cnnselect
