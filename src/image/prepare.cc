#include "image/prepare.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "image/resample.h"

namespace cnnselect {
namespace {

/// First pixel of the central crop. A half is rounded to the even side, as torchvision's CenterCrop
/// does, which most networks were trained or measured with.
std::int64_t crop_start(std::int64_t side, int crop) {
  const std::int64_t surplus = side - crop;
  return (surplus / 2) + (surplus % 4 == 3 ? 1 : 0);
}

std::int64_t rounded(std::int64_t numerator, std::int64_t denominator) {
  return ((2 * numerator) + denominator) / (2 * denominator);
}

/// A stretch of the result along one side, and what lies around it.
struct Side {
  Axis axis;
  int offset = 0;  ///< pixels of the result before the first of `axis`
};

Side cropped(int source, std::int64_t target, int crop) {
  return {.axis = resample_axis(source, target, crop_start(target, crop), crop), .offset = 0};
}

Side boxed(int source, std::int64_t target, int box) {
  const auto pixels = static_cast<int>(std::clamp<std::int64_t>(target, 1, box));
  return {.axis = resample_axis(source, pixels, 0, pixels), .offset = (box - pixels) / 2};
}

struct Sides {
  Side rows;
  Side columns;
};

/// Where the crop's pixels come from in the picture.
Sides sides_of(const Image& image, const InputSpec& spec) {
  const std::int64_t height = image.height;
  const std::int64_t width = image.width;
  const PixelSize crop = spec.crop;
  if (spec.fitting == Fitting::kLetterbox) {
    const bool tall = height * crop.width >= width * crop.height;  // its height limits it
    const std::int64_t rows = tall ? crop.height : rounded(height * crop.width, width);
    const std::int64_t columns = tall ? rounded(width * crop.height, height) : crop.width;
    return {.rows = boxed(image.height, rows, crop.height),
            .columns = boxed(image.width, columns, crop.width)};
  }
  std::int64_t rows = spec.resize.height;
  std::int64_t columns = spec.resize.width;
  if (spec.fitting == Fitting::kShorterSide) {
    const std::int64_t shorter = std::min(height, width);
    rows = std::max(rows, height * spec.resize.height / shorter);
    columns = std::max(columns, width * spec.resize.width / shorter);
  }
  return {.rows = cropped(image.height, rows, crop.height),
          .columns = cropped(image.width, columns, crop.width)};
}

/// One row of the result before its columns are resampled: `width` pixels from column `left` on.
void mix_rows(const Image& image, const Axis& rows, const Window& window, int left,
              std::vector<float>& mixed) {
  std::ranges::fill(mixed, 0.0F);
  const std::size_t pitch = static_cast<std::size_t>(image.width) * 3;
  for (int i = 0; i < window.count; ++i) {
    const float weight = rows.weights[window.weights + static_cast<std::size_t>(i)];
    const std::uint8_t* source = image.rgb.data() +
                                 (static_cast<std::size_t>(window.first + i) * pitch) +
                                 (static_cast<std::size_t>(left) * 3);
    for (std::size_t x = 0; x < mixed.size(); ++x) {
      mixed[x] += weight * static_cast<float>(source[x]);
    }
  }
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

void mix_columns(const std::vector<float>& mixed, const Axis& columns, int left,
                 std::uint8_t* out) {
  for (const Window& window : columns.windows) {
    const float* source = &mixed[static_cast<std::size_t>(window.first - left) * 3];
    std::array<float, 3> sum{};
    for (int i = 0; i < window.count; ++i, source += 3) {
      const float weight = columns.weights[window.weights + static_cast<std::size_t>(i)];
      for (std::size_t c = 0; c < 3; ++c) sum[c] += weight * source[c];
    }
    for (const float value : sum) *out++ = to_byte(value);
  }
}

}  // namespace

int enough_pixels(const InputSpec& spec) {
  const PixelSize& wanted = spec.fitting == Fitting::kLetterbox ? spec.crop : spec.resize;
  return std::max(wanted.height, wanted.width);
}

Image fit(const Image& image, const InputSpec& spec) {
  const auto [rows, columns] = sides_of(image, spec);
  const int left = columns.axis.windows.front().first;
  const Window& last = columns.axis.windows.back();
  std::vector<float> mixed(static_cast<std::size_t>(last.first + last.count - left) * 3);
  const std::size_t pitch = static_cast<std::size_t>(spec.crop.width) * 3;
  Image fitted{spec.crop.width, spec.crop.height, {}};
  fitted.rgb.resize(pitch * static_cast<std::size_t>(spec.crop.height),
                    static_cast<std::uint8_t>(spec.fill));
  std::uint8_t* out = fitted.rgb.data() + (pitch * static_cast<std::size_t>(rows.offset)) +
                      (static_cast<std::size_t>(columns.offset) * 3);
  for (const Window& window : rows.axis.windows) {
    mix_rows(image, rows.axis, window, left, mixed);
    mix_columns(mixed, columns.axis, left, out);
    out += pitch;
  }
  return fitted;
}

std::vector<std::int64_t> tensor_shape(const InputSpec& spec) {
  const std::int64_t channels = channel_count(spec.channels);
  const auto [height, width] = spec.crop;
  if (spec.layout == Layout::kNchw) return {1, channels, height, width};
  return {1, height, width, channels};
}

std::size_t tensor_bytes(const InputSpec& spec, ElementType type) {
  const auto pixels =
      static_cast<std::size_t>(spec.crop.height) * static_cast<std::size_t>(spec.crop.width);
  return pixels * static_cast<std::size_t>(channel_count(spec.channels)) * size_of(type);
}

namespace {

// GCC and Clang have it for x86-64 and 64-bit ARM; std::float16_t is not in Clang yet.
using Half = _Float16;

/// What each of the 256 values of a channel becomes.
template <class Element>
std::array<Element, 256> normalised(const InputSpec& spec, std::size_t channel) {
  std::array<Element, 256> table{};
  for (std::size_t value = 0; value < table.size(); ++value) {
    const float pixel = static_cast<float>(value) * spec.scale / 255.0F;
    table[value] = static_cast<Element>((pixel - spec.mean[channel]) / spec.std[channel]);
  }
  return table;
}

std::uint8_t gray_of(const std::uint8_t* rgb) {
  // In 16 bits after the point; the three sum to 1.
  return static_cast<std::uint8_t>(
      (19'595U * rgb[0] + 38'470U * rgb[1] + 7'471U * rgb[2] + 32'768U) >> 16U);
}

/// Puts `convert(channel, value)` of every pixel and channel where `spec` wants it.
template <class Element, class Convert>
void scatter(const Image& image, const InputSpec& spec, Element* out, Convert convert) {
  const std::size_t pixels = image.rgb.size() / 3;
  if (spec.channels == Channels::kGray) {
    const std::uint8_t* in = image.rgb.data();
    for (std::size_t i = 0; i < pixels; ++i) out[i] = convert(0, gray_of(in + (3 * i)));
    return;
  }
  const std::size_t channel_step = spec.layout == Layout::kNchw ? pixels : 1;
  const std::size_t pixel_step = spec.layout == Layout::kNchw ? 1 : 3;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint8_t* in = image.rgb.data() + (spec.channels == Channels::kBgr ? 2 - c : c);
    Element* to = out + (c * channel_step);
    for (std::size_t i = 0; i < pixels; ++i) to[i * pixel_step] = convert(c, in[3 * i]);
  }
}

template <class Element>
void write_normalised(const Image& image, const InputSpec& spec, std::byte* tensor) {
  const std::array tables{normalised<Element>(spec, 0), normalised<Element>(spec, 1),
                          normalised<Element>(spec, 2)};
  scatter(image, spec, reinterpret_cast<Element*>(tensor),
          [&tables](std::size_t c, std::uint8_t value) { return tables[c][value]; });
}

}  // namespace

void write_tensor(const Image& fitted, const InputSpec& spec, ElementType type,
                  std::span<std::byte> tensor) {
  assert(fitted.width == spec.crop.width && fitted.height == spec.crop.height);
  assert(tensor.size() == tensor_bytes(spec, type));
  switch (type) {
    case ElementType::kUint8:
      return scatter(fitted, spec, reinterpret_cast<std::uint8_t*>(tensor.data()),
                     [](std::size_t, std::uint8_t value) { return value; });
    case ElementType::kFp16:
      return write_normalised<Half>(fitted, spec, tensor.data());
    case ElementType::kFp32:
      return write_normalised<float>(fitted, spec, tensor.data());
  }
}

}  // namespace cnnselect
