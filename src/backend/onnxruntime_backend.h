// OnnxRuntimeBackend: runs ONNX files on the CPU with ONNX Runtime.
//
// One session per model, shared by all the threads that run it; threads inside a run, spinning and
// graph optimisation are set here and not left to the runtime's defaults. ONNX Runtime itself is
// seen by onnxruntime_backend.cc alone. Thread-safe, and so is every model that it loads.
//
// With a cache, the runtime's optimised graph of each model is kept on disk (backend/model_cache.h)
// and loaded from then on instead of the model's own file: the same graph, and so the same answers
// to the bit, without the time and memory that optimising takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "backend/model_cache.h"
#include "cnnselect/backend.h"

namespace cnnselect {

struct OnnxRuntimeOptions {
  /// Threads inside one run. With as many workers as cores, 1 gives the steadiest times and, under
  /// load, the highest throughput.
  int intra_op_threads = 1;
  /// Where optimised models are kept; empty: nowhere. A folder that cannot be used is said in the
  /// log, and nothing is kept.
  std::filesystem::path cache_folder;
  std::uint64_t cache_bytes = ModelCache::Options().max_bytes;
};

class OnnxRuntimeBackend final : public Backend {
 public:
  explicit OnnxRuntimeBackend(OnnxRuntimeOptions options = {});

  std::string description() const override;

  /// Takes an image classifier: one input of rank 4, float32, float16 or uint8, with three channels
  /// or one (NCHW or NHWC), and a first output of float32 or float16 [batch, classes]. Further
  /// dimensions of the output that are 1 are dropped, and float16 becomes float32, in `output()`
  /// and in what run() gives. A network whose batch is fixed at N is given N - 1 black images
  /// beside each one.
  Result<std::unique_ptr<LoadedModel>> load(const std::filesystem::path& file) override;
  /// Keeps an optimised copy, if there is none yet.
  void prepare(const std::filesystem::path& file) override;

 private:
  Result<std::unique_ptr<LoadedModel>> load_whole(const std::filesystem::path& file) const;
  /// Null: there is no copy, or none that can be loaded; that is said in the log.
  std::unique_ptr<LoadedModel> load_copy(const std::filesystem::path& file) const;
  bool keep_copy(const std::filesystem::path& file) const;

  OnnxRuntimeOptions options_;
  std::unique_ptr<ModelCache> cache_;  ///< may be null
};

}  // namespace cnnselect
