#include "image/raster.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "image/limits.h"

namespace cnnselect {
namespace {

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

std::int64_t byte_at(std::span<const std::byte> data, std::size_t at) {
  return std::to_integer<std::int64_t>(data[at]);
}

std::int64_t big_endian_32(std::span<const std::byte> data, std::size_t at) {
  return (byte_at(data, at) << 24) | (byte_at(data, at + 1) << 16) | (byte_at(data, at + 2) << 8) |
         byte_at(data, at + 3);
}

std::int64_t little_endian(std::span<const std::byte> data, std::size_t at, std::size_t bytes) {
  std::int64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = (value << 8) | byte_at(data, at + i);
  return value;
}

bool has_tag(std::span<const std::byte> data, std::size_t at, std::string_view tag) {
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (data[at + i] != static_cast<std::byte>(tag[i])) return false;
  }
  return true;
}

std::unexpected<Error> broken(std::string_view kind, std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("the {} cannot be decoded: {}", kind, why));
}

/// 255 is opaque: what shines through is white, as on a page.
std::uint8_t over_white(unsigned value, unsigned alpha) {
  return static_cast<std::uint8_t>((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/// OpenCV's gray, BGR or BGRA pixels as RGB.
Image to_rgb(const cv::Mat& pixels) {
  Image image{pixels.cols, pixels.rows, {}};
  image.rgb.resize(pixels.total() * 3);
  const int channels = pixels.channels();
  std::uint8_t* out = image.rgb.data();
  for (int y = 0; y < pixels.rows; ++y) {
    const std::uint8_t* in = pixels.ptr(y);
    for (int x = 0; x < pixels.cols; ++x, in += channels, out += 3) {
      const unsigned alpha = channels == 4 ? in[3] : 255;
      for (int c = 0; c < 3; ++c) out[c] = over_white(in[channels < 3 ? 0 : 2 - c], alpha);
    }
  }
  return image;
}

/// By the largest whole factor that leaves its shorter side `enough`: photos wait in a queue.
Image shrunk(Image image, int enough) {
  const int factor = enough > 0 ? std::min(image.width, image.height) / enough : 1;
  if (factor < 2) return image;
  const cv::Mat whole(image.height, image.width, CV_8UC3, image.rgb.data());
  Image small{image.width / factor, image.height / factor, {}};
  small.rgb.resize(static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height) *
                   3);
  cv::Mat out(small.height, small.width, CV_8UC3, small.rgb.data());
  cv::resize(whole, out, out.size(), 0, 0, cv::INTER_AREA);
  return small;
}

Result<Image> decode_with_opencv(std::string_view kind, std::span<const std::byte> encoded,
                                 int enough) {
  try {
    // OpenCV has no type for data that it will not change.
    const cv::Mat data(1, static_cast<int>(encoded.size()), CV_8UC1,
                       const_cast<std::byte*>(encoded.data()));
    cv::Mat pixels = cv::imdecode(data, cv::IMREAD_UNCHANGED);
    if (pixels.empty()) return broken(kind, "it is truncated or corrupt");
    if (pixels.depth() == CV_16U) pixels.convertTo(pixels, CV_8U, 1.0 / 257);
    if (pixels.depth() != CV_8U) return broken(kind, "its pixels are neither 8 nor 16 bits deep");
    return shrunk(to_rgb(pixels), enough);
  } catch (const cv::Exception& error) {
    return broken(kind, error.err);
  }
}

Result<Image> decode_checked(std::string_view kind, std::span<const std::byte> encoded,
                             std::optional<Size> size, const DecodeLimits& limits, int enough) {
  if (!size) return broken(kind, "its header is truncated or corrupt");
  if (auto fits = check_size(size->width, size->height, limits); !fits) {
    return std::unexpected(fits.error());
  }
  return decode_with_opencv(kind, encoded, enough);
}

constexpr std::size_t kWebpHeader = 30;

/// The three kinds of WebP state their size in three ways.
std::optional<Size> webp_size(std::span<const std::byte> webp) {
  if (webp.size() < kWebpHeader) return std::nullopt;
  if (has_tag(webp, 12, "VP8X")) {
    return Size{little_endian(webp, 24, 3) + 1, little_endian(webp, 27, 3) + 1};
  }
  if (has_tag(webp, 12, "VP8L")) {
    const std::int64_t bits = little_endian(webp, 21, 4);
    return Size{(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1};
  }
  if (has_tag(webp, 12, "VP8 ")) {
    return Size{little_endian(webp, 26, 2) & 0x3fff, little_endian(webp, 28, 2) & 0x3fff};
  }
  return std::nullopt;
}

}  // namespace

Result<Image> decode_png(std::span<const std::byte> png, const DecodeLimits& limits, int enough) {
  constexpr std::size_t kHeader = 33;
  std::optional<Size> size;
  if (png.size() >= kHeader && has_tag(png, 12, "IHDR")) {
    size = Size{big_endian_32(png, 16), big_endian_32(png, 20)};
  }
  return decode_checked("PNG", png, size, limits, enough);
}

Result<Image> decode_webp(std::span<const std::byte> webp, const DecodeLimits& limits, int enough) {
  constexpr std::int64_t kAnimated = 0x02;
  if (webp.size() >= kWebpHeader && has_tag(webp, 12, "VP8X") &&
      (byte_at(webp, 20) & kAnimated) != 0) {
    return fail(ErrorCode::kUnsupportedMedia, "the WebP is an animation; send one picture");
  }
  return decode_checked("WebP", webp, webp_size(webp), limits, enough);
}

}  // namespace cnnselect
