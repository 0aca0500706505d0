// InputSpec: how a photo becomes a model's input tensor, as a family file states it.
#pragma once

#include <array>

namespace cnnselect {

enum class Layout { kNchw, kNhwc };
enum class OutputKind { kLogits, kProbabilities };

/// Three steps: resize the shorter side to `resize` with antialiasing; cut out the central
/// `crop` x `crop`; then for each channel (RGB) take (pixel / 255 - mean) / std. A uint8 model
/// input takes the bytes of the crop as they are: mean and std do not apply to it.
struct InputSpec {
  int resize = 256;  ///< pixels, >= crop
  int crop = 224;    ///< pixels, 1..4096
  std::array<float, 3> mean{0.0F, 0.0F, 0.0F};
  std::array<float, 3> std{1.0F, 1.0F, 1.0F};  ///< each > 0
  Layout layout = Layout::kNchw;
  friend bool operator==(const InputSpec&, const InputSpec&) = default;
};

}  // namespace cnnselect
