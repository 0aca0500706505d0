#include "backend/onnxruntime_backend.h"

#include <fmt/format.h>
#include <malloc.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "backend/image_classifier.h"
#include "base/log.h"

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
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // Spinning threads win a benchmark on an idle machine and starve the other workers on a busy one.
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  return options;
}

std::optional<ElementType> element_type(ONNXTensorElementDataType type) {
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) return ElementType::kFp32;
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8) return ElementType::kUint8;
  return std::nullopt;
}

ONNXTensorElementDataType onnx_type(ElementType type) {
  return type == ElementType::kFp32 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
                                    : ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
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
        fmt::format("'{}' has ONNX element type {}; only float (1) and uint8 (2) are served", name,
                    static_cast<int>(tensor.GetElementType())));
  }
  return TensorSpec{std::move(name), *type, tensor.GetShape()};
}

/// [N,1000,1,1] is served as [N,1000].
void drop_trailing_ones(std::vector<std::int64_t>& shape) {
  while (shape.size() > 2 && shape.back() == 1) shape.pop_back();
}

class OnnxModel final : public LoadedModel {
 public:
  OnnxModel(Ort::Session session, TensorSpec input, TensorSpec output)
      : session_(std::move(session)), input_(std::move(input)), output_(std::move(output)) {}

  ~OnnxModel() override {
    session_ = Ort::Session(nullptr);
    // Without this the allocator keeps nearly all of an unloaded model's memory.
    malloc_trim(0);
  }

  const TensorSpec& input() const override { return input_; }
  const TensorSpec& output() const override { return output_; }

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
      return fail(ErrorCode::kInternal, fmt::format("onnxruntime: {}", error.what()));
    }
  }

 private:
  static std::unexpected<Error> cancelled() {
    return fail(ErrorCode::kCancelled, "stopped on request");
  }

  Result<Tensor> run_with(const Ort::RunOptions& options, const TensorView& input) {
    static const auto kMemory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    // The runtime's interface has no const tensors; it only reads its inputs.
    auto* bytes = const_cast<std::byte*>(input.bytes.data());
    const auto tensor =
        Ort::Value::CreateTensor(kMemory, bytes, input.bytes.size(), input.shape.data(),
                                 input.shape.size(), onnx_type(input.type));
    const std::array input_names{input_.name.c_str()};
    const std::array output_names{output_.name.c_str()};
    const auto outputs =
        session_.Run(options, input_names.data(), &tensor, 1, output_names.data(), 1);
    return read_output(outputs.front());
  }

  Result<Tensor> read_output(const Ort::Value& value) const {
    const auto info = value.GetTensorTypeAndShapeInfo();
    Tensor tensor{ElementType::kFp32, info.GetShape(), {}};
    drop_trailing_ones(tensor.shape);
    const auto* begin = static_cast<const std::byte*>(value.GetTensorRawData());
    tensor.bytes.assign(begin, begin + (info.GetElementCount() * size_of(ElementType::kFp32)));
    return tensor;
  }

  Ort::Session session_;
  TensorSpec input_;
  TensorSpec output_;
};

Result<std::unique_ptr<LoadedModel>> open_model(const std::filesystem::path& file,
                                                const OnnxRuntimeOptions& options) {
  Ort::Session session(environment(), file.c_str(), session_options(options));
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
  drop_trailing_ones(output->shape);
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

}  // namespace

std::string OnnxRuntimeBackend::description() const {
  return fmt::format("onnxruntime {}", Ort::GetVersionString());
}

Result<std::unique_ptr<LoadedModel>> OnnxRuntimeBackend::load(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (!std::filesystem::exists(status)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", file.string()));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: not a file", file.string()));
  }
  if (std::filesystem::file_size(file, problem) == 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: the file is empty", file.string()));
  }
  try {
    auto model = open_model(file, options_);
    if (!model) return std::unexpected(model.error().within(file.string()));
    return model;
  } catch (const Ort::Exception& error) {
    return fail(code_of(error), fmt::format("{}: not a usable ONNX model: onnxruntime: {}",
                                            file.string(), error.what()));
  }
}

}  // namespace cnnselect
