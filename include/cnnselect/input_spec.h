// InputSpec: how a photo becomes a model's input tensor, as a family file states it.
#pragma once

#include <array>

namespace cnnselect {

enum class Layout { kNchw, kNhwc };
enum class OutputKind { kLogits, kProbabilities };
enum class Channels { kRgb, kBgr, kGray };

/// How a photo becomes as large as the network wants it.
enum class Fitting {
  kShorterSide,  ///< the shorter side to so many pixels, then the central crop
  kStretch,      ///< both sides to what is stated, then the central crop
  kLetterbox,    ///< as large as fits into the crop, the rest filled
};

/// Pixels.
struct PixelSize {
  int height = 0;
  int width = 0;
  friend bool operator==(const PixelSize&, const PixelSize&) = default;
};

/// Three steps: resize the photo with antialiasing, as `fitting` says; cut out the central `crop`;
/// then for each channel take (pixel * scale / 255 - mean) / std. A uint8 model input takes the
/// bytes of the crop as they are: scale, mean and std do not apply to it.
struct InputSpec {
  Fitting fitting = Fitting::kShorterSide;
  /// kShorterSide: both are the shorter side. kStretch: the whole photo. Each >= that of `crop`.
  /// kLetterbox: not read.
  PixelSize resize{.height = 256, .width = 256};
  PixelSize crop{.height = 224, .width = 224};  ///< each 1..4096
  int fill = 0;                                 ///< kLetterbox: value of the rest, 0..255
  Channels channels = Channels::kRgb;
  float scale = 1;                              ///< what a white pixel is before mean and std, > 0
  std::array<float, 3> mean{0.0F, 0.0F, 0.0F};  ///< in the order of `channels`; gray: the first
  std::array<float, 3> std{1.0F, 1.0F, 1.0F};   ///< so too; each > 0
  Layout layout = Layout::kNchw;
  friend bool operator==(const InputSpec&, const InputSpec&) = default;
};

/// 3, of a gray picture 1.
constexpr int channel_count(Channels channels) { return channels == Channels::kGray ? 1 : 3; }

}  // namespace cnnselect
