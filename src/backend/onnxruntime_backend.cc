#include "backend/onnxruntime_backend.h"

#include <fmt/format.h>
#include <malloc.h>
#include <onnxruntime_cxx_api.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "backend/image_classifier.h"
#include "backend/runtime_words.h"
#include "base/file_bytes.h"
#include "base/log.h"
#include "base/processor.h"
#include "base/shape_text.h"

namespace cnnselect {
namespace {

// Whatever matters comes back as an exception too, and a run that was stopped on request is
// "an error" to the runtime.
void log_quietly(void* /*unused*/, OrtLoggingLevel /*severity*/, const char* /*category*/,
                 const char* /*id*/, const char* where, const char* message) {
  spdlog::debug("onnxruntime: {} ({})", message, where);
}

/// The process's one environment. Never destroyed: sessions may outlive every static object.
Ort::Env& environment() {
  static Ort::Env& env = [&]() -> Ort::Env& {
    // 1.27 sends nothing, but later builds would unless told not to before the first call.
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    auto* made = new Ort::Env(ORT_LOGGING_LEVEL_WARNING, "cnnselect", log_quietly, nullptr);
    made->DisableTelemetryEvents();
    return *made;
  }();
  return env;
}

Ort::SessionOptions session_options(const OnnxRuntimeOptions& ours) {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(ours.intra_op_threads);
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  // Spinning threads win a benchmark on an idle machine and starve the other workers on a busy one.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  return options;
}

std::optional<ElementType> element_type(ONNXTensorElementDataType type) {
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return ElementType::kFp32;
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8) return ElementType::kUint8;
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16) return ElementType::kFp16;
  return std::nullopt;
}

ONNXTensorElementDataType onnx_type(ElementType type) {
  switch (type) {
    case ElementType::kFp32:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    case ElementType::kFp16:
      return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    case ElementType::kUint8:
      break;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
}

Result<TensorSpec> read_spec(std::string name, const Ort::TypeInfo& info) {
  if (info.GetONNXType() != ONNX_TYPE_TENSOR) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a tensor", name));
  }
  const auto tensor = info.GetTensorTypeAndShapeInfo();
  const auto type = element_type(tensor.GetElementType());
  if (!type) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' has ONNX element type {}; float (1), uint8 (2) and float16 (10) are "
                    "served",
                    name, static_cast<int>(tensor.GetElementType())));
  }
  return TensorSpec{std::move(name), *type, tensor.GetShape()};
}

/// Values of the output's type as float32.
std::vector<std::byte> as_floats(const Ort::Value& value, std::size_t count) {
  std::vector<std::byte> bytes(count * sizeof(float));
  if (element_type(value.GetTensorTypeAndShapeInfo().GetElementType()) == ElementType::kFp32) {
    if (count > 0) std::memcpy(bytes.data(), value.GetTensorRawData(), bytes.size());
    return bytes;
  }
  const auto* const halves = static_cast<const Ort::Float16_t*>(value.GetTensorRawData());
  for (std::size_t i = 0; i < count; ++i) {
    const float number = halves[i].ToFloat();
    std::memcpy(bytes.data() + (i * sizeof(float)), &number, sizeof(number));
  }
  return bytes;
}

class OnnxModel final : public LoadedModel {
 public:
  /// As the network has them; a network of a fixed batch is served as one of single images.
  OnnxModel(Ort::Session session, TensorSpec input, TensorSpec output)
      : session_(std::move(session)),
        input_(std::move(input)),
        output_(std::move(output)),
        batch_(std::max<std::int64_t>(input_.shape.front(), 1)) {
    if (batch_ > 1) input_.shape.front() = output_.shape.front() = 1;
    output_.type = ElementType::kFp32;
  }

  ~OnnxModel() override {
    session_ = Ort::Session(nullptr);
    // Without this the allocator keeps nearly all of an unloaded model's memory.
    malloc_trim(0);
  }

  const TensorSpec& input() const override { return input_; }
  const TensorSpec& output() const override { return output_; }
  std::int64_t batch() const override { return batch_; }

  Result<Tensor> run(const TensorView& input, const std::stop_token& stop) override {
    if (auto fits = check_tensor(input_, input); !fits) return std::unexpected(fits.error());
    if (stop.stop_requested()) return cancelled();
    try {
      // A terminated RunOptions stays terminated, so each run has its own.
      Ort::RunOptions options;
      const std::stop_callback terminate(stop, [&options] { options.SetTerminate(); });
      return run_with(options, input);
    } catch (const Ort::Exception& error) {
      if (stop.stop_requested()) return cancelled();
      return fail(ErrorCode::kInternal,
                  fmt::format("onnxruntime: {}", runtime_words(error.what())));
    }
  }

 private:
  static std::unexpected<Error> cancelled() {
    return fail(ErrorCode::kCancelled, "stopped on request");
  }

  Result<Tensor> run_with(const Ort::RunOptions& options, const TensorView& input) {
    static const auto kMemory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    std::vector<std::int64_t> shape(input.shape.begin(), input.shape.end());
    std::span<const std::byte> bytes = input.bytes;
    std::vector<std::byte> padded;
    if (batch_ > 1) {
      shape.front() = batch_;
      padded.resize(bytes.size() * static_cast<std::size_t>(batch_));  // the others are black
      std::ranges::copy(bytes, padded.begin());
      bytes = padded;
    }
    // The runtime's interface has no const tensors; it only reads its inputs.
    const auto tensor =
        Ort::Value::CreateTensor(kMemory, const_cast<std::byte*>(bytes.data()), bytes.size(),
                                 shape.data(), shape.size(), onnx_type(input.type));
    const std::array input_names{input_.name.c_str()};
    const std::array output_names{output_.name.c_str()};
    const auto outputs =
        session_.Run(options, input_names.data(), &tensor, 1, output_names.data(), 1);
    return read_output(outputs.front());
  }

  /// The rows of the images that were asked about.
  Result<Tensor> read_output(const Ort::Value& value) const {
    const auto info = value.GetTensorTypeAndShapeInfo();
    Tensor tensor{ElementType::kFp32, as_rows(info.GetShape()), {}};
    std::size_t count = info.GetElementCount();
    if (batch_ > 1) {
      if (tensor.shape.front() != batch_) {
        return fail(ErrorCode::kInternal,
                    fmt::format("a batch of {} images gave {}; want one row per image", batch_,
                                shape_text(tensor.shape)));
      }
      tensor.shape.front() = 1;
      count /= static_cast<std::size_t>(batch_);
    }
    tensor.bytes = as_floats(value, count);
    return tensor;
  }

  Ort::Session session_;
  TensorSpec input_;
  TensorSpec output_;
  std::int64_t batch_;  ///< images that the network takes at a time; 1 where it takes any number
};

Result<std::unique_ptr<LoadedModel>> as_classifier(Ort::Session session) {
  if (session.GetInputCount() != 1 || session.GetOutputCount() < 1) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("has {} inputs and {} outputs; an image classifier has one input and at "
                    "least one output",
                    session.GetInputCount(), session.GetOutputCount()));
  }
  Ort::AllocatorWithDefaultOptions allocator;
  auto input =
      read_spec(session.GetInputNameAllocated(0, allocator).get(), session.GetInputTypeInfo(0));
  if (!input) return std::unexpected(input.error().within("input"));
  auto output =
      read_spec(session.GetOutputNameAllocated(0, allocator).get(), session.GetOutputTypeInfo(0));
  if (!output) return std::unexpected(output.error().within("output"));
  output->shape = as_rows(std::move(output->shape));
  if (auto fits = check_classifier(*input, *output); !fits) return std::unexpected(fits.error());
  return std::make_unique<OnnxModel>(std::move(session), std::move(*input), std::move(*output));
}

ErrorCode code_of(const Ort::Exception& error) {
  switch (error.GetOrtErrorCode()) {
    case ORT_NO_SUCHFILE:
      return ErrorCode::kNotFound;
    case ORT_RUNTIME_EXCEPTION:
    case ORT_EP_FAIL:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kInvalidArgument;
  }
}

/// What an optimised graph depends on beside the model: the layout of its weights follows the
/// processor's instruction sets. Threads within a run do not change it.
std::string optimised_for() {
  return fmt::format("optimised by {}, {}, level {}, on {}", Ort::GetVersionString(),
                     Ort::GetBuildInfoString(), static_cast<int>(ORT_ENABLE_ALL),
                     processor_features());
}

/// Whether the model has weights outside its file (ONNX's external data, which must name a
/// "location"): those may change while the file does not.
bool names_other_files(const FileBytes& model) {
  constexpr std::string_view kLocation = "\x0a\x08location";  // field 1, 8 bytes
  const auto bytes = model.bytes();
  return memmem(bytes.data(), bytes.size(), kLocation.data(), kLocation.size()) != nullptr;
}

}  // namespace

OnnxRuntimeBackend::OnnxRuntimeBackend(OnnxRuntimeOptions options) : options_(std::move(options)) {
  environment();  // else the first model's load would pay for it
  if (options_.cache_folder.empty()) return;
  auto cache = ModelCache::open({.folder = options_.cache_folder,
                                 .made_for = optimised_for(),
                                 .max_bytes = options_.cache_bytes});
  if (cache) {
    cache_ = std::move(*cache);
  } else {
    spdlog::warn("models are loaded without a cache: {}", cache.error().message);
  }
}

std::string OnnxRuntimeBackend::description() const {
  return fmt::format("onnxruntime {}", Ort::GetVersionString());
}

Result<std::unique_ptr<LoadedModel>> OnnxRuntimeBackend::load(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (problem && problem != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable, fmt::format("{}: {}", file.string(), problem.message()));
  }
  if (!std::filesystem::exists(status)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", file.string()));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not a file", file.string()));
  }
  if (std::filesystem::file_size(file, problem) == 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: the file is empty", file.string()));
  }
  // The runtime would say "system error number 13".
  if (eaccess(file.c_str(), R_OK) != 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: {}", file.string(), std::generic_category().message(errno)));
  }
  if (auto copy = load_copy(file)) return copy;
  return load_whole(file);
}

Result<std::unique_ptr<LoadedModel>> OnnxRuntimeBackend::load_whole(
    const std::filesystem::path& file) const {
  try {
    Ort::SessionOptions options = session_options(options_);
    options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
    auto model = as_classifier(Ort::Session(environment(), file.c_str(), options));
    if (!model) return std::unexpected(model.error().within(file.string()));
    return model;
  } catch (const Ort::Exception& error) {
    return fail(code_of(error), fmt::format("{}: not a usable ONNX model: onnxruntime: {}",
                                            file.string(), runtime_words(error.what())));
  }
}

std::unique_ptr<LoadedModel> OnnxRuntimeBackend::load_copy(
    const std::filesystem::path& file) const {
  if (cache_ == nullptr) return nullptr;
  auto copy = cache_->find(file);
  if (!copy && keep_copy(file)) copy = cache_->find(file);
  if (!copy) return nullptr;
  try {
    Ort::SessionOptions options = session_options(options_);
    options.SetGraphOptimizationLevel(ORT_DISABLE_ALL);  // has been done
    const auto bytes = copy->content();
    auto model = as_classifier(Ort::Session(environment(), bytes.data(), bytes.size(), options));
    if (model) return std::move(*model);
    cache_->reject(file, model.error().message);
  } catch (const Ort::Exception& error) {
    cache_->reject(file, runtime_words(error.what()));
  }
  return nullptr;
}

void OnnxRuntimeBackend::prepare(const std::filesystem::path& file) {
  if (cache_ != nullptr && !cache_->has(file)) keep_copy(file);
}

bool OnnxRuntimeBackend::keep_copy(const std::filesystem::path& file) const {
  return cache_->add(file, [&](const std::filesystem::path& to) -> Status {
    if (const auto bytes = FileBytes::read(file); !bytes || names_other_files(*bytes)) {
      return fail(ErrorCode::kUnsupported, "it has weights in other files");
    }
    try {
      Ort::SessionOptions options = session_options(options_);
      options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
      options.SetOptimizedModelFilePath(to.c_str());
      const Ort::Session session(environment(), file.c_str(), options);
      return {};
    } catch (const Ort::Exception& error) {
      return fail(code_of(error), fmt::format("onnxruntime: {}", runtime_words(error.what())));
    }
  });
}

}  // namespace cnnselect
