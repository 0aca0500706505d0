// OnnxRuntimeBackend: runs ONNX files on the CPU with ONNX Runtime.
//
// One session per model, shared by all the threads that run it; threads inside a run, spinning and
// graph optimisation are set here and not left to the runtime's defaults. ONNX Runtime itself is
// seen by onnxruntime_backend.cc alone. Thread-safe, and so is every model that it loads.
#pragma once

#include "cnnselect/backend.h"

namespace cnnselect {

struct OnnxRuntimeOptions {
  /// Threads inside one run. With as many workers as cores, 1 gives the steadiest times and, under
  /// load, the highest throughput.
  int intra_op_threads = 1;
};

class OnnxRuntimeBackend final : public Backend {
 public:
  explicit OnnxRuntimeBackend(OnnxRuntimeOptions options = {}) : options_(options) {}

  std::string description() const override;

  /// Takes an image classifier: one input of rank 4, float32 or uint8, with three channels (NCHW or
  /// NHWC), and a first output of float32 [batch, classes]. Further dimensions of the output that
  /// are 1 are dropped, from `output()` and from what run() gives.
  Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path& file) override;

 private:
  OnnxRuntimeOptions options_;
};

}  // namespace cnnselect
