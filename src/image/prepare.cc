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

/// Where the crop's pixels come from along one side of the picture.
Axis cropped_axis(int side, int shorter, const InputSpec& spec) {
  const std::int64_t target =
      std::max<std::int64_t>(spec.resize, std::int64_t{side} * spec.resize / shorter);
  return resample_axis(side, target, crop_start(target, spec.crop), spec.crop);
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

Image fit(const Image& image, const InputSpec& spec) {
  const int shorter = std::min(image.width, image.height);
  const Axis columns = cropped_axis(image.width, shorter, spec);
  const Axis rows = cropped_axis(image.height, shorter, spec);
  const int left = columns.windows.front().first;
  const int right = columns.windows.back().first + columns.windows.back().count;
  std::vector<float> mixed(static_cast<std::size_t>(right - left) * 3);
  const std::size_t pitch = static_cast<std::size_t>(spec.crop) * 3;
  Image fitted{spec.crop, spec.crop, {}};
  fitted.rgb.resize(pitch * static_cast<std::size_t>(spec.crop));
  std::uint8_t* out = fitted.rgb.data();
  for (const Window& window : rows.windows) {
    mix_rows(image, rows, window, left, mixed);
    mix_columns(mixed, columns, left, out);
    out += pitch;
  }
  return fitted;
}

std::vector<std::int64_t> tensor_shape(const InputSpec& spec) {
  const std::int64_t side = spec.crop;
  if (spec.layout == Layout::kNchw) return {1, 3, side, side};
  return {1, side, side, 3};
}

std::size_t tensor_bytes(const InputSpec& spec, ElementType type) {
  const auto side = static_cast<std::size_t>(spec.crop);
  return side * side * 3 * size_of(type);
}

namespace {

/// What each of the 256 values of a channel becomes.
std::array<float, 256> normalised(const InputSpec& spec, std::size_t channel) {
  std::array<float, 256> table{};
  for (std::size_t value = 0; value < table.size(); ++value) {
    table[value] = (static_cast<float>(value) / 255.0F - spec.mean[channel]) / spec.std[channel];
  }
  return table;
}

/// Puts `convert(channel, pixel)` of every pixel and channel where the layout wants it.
template <class Element, class Convert>
void scatter(const Image& image, Layout layout, Element* out, Convert convert) {
  const std::size_t pixels = image.rgb.size() / 3;
  const std::size_t channel_step = layout == Layout::kNchw ? pixels : 1;
  const std::size_t pixel_step = layout == Layout::kNchw ? 1 : 3;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint8_t* in = image.rgb.data() + c;
    Element* to = out + (c * channel_step);
    for (std::size_t i = 0; i < pixels; ++i) to[i * pixel_step] = convert(c, in[3 * i]);
  }
}

}  // namespace

void write_tensor(const Image& fitted, const InputSpec& spec, ElementType type,
                  std::span<std::byte> tensor) {
  assert(fitted.width == spec.crop && fitted.height == spec.crop);
  assert(tensor.size() == tensor_bytes(spec, type));
  if (type == ElementType::kUint8) {
    scatter(fitted, spec.layout, reinterpret_cast<std::uint8_t*>(tensor.data()),
            [](std::size_t, std::uint8_t value) { return value; });
    return;
  }
  const std::array tables{normalised(spec, 0), normalised(spec, 1), normalised(spec, 2)};
  scatter(fitted, spec.layout, reinterpret_cast<float*>(tensor.data()),
          [&tables](std::size_t c, std::uint8_t value) { return tables[c][value]; });
}

}  // namespace cnnselect
