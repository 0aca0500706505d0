#include "image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "image/jpeg.h"
#include "image/limits.h"
#include "image/png.h"
#include "image/webp.h"

namespace cnnselect {
namespace {

bool starts_with(std::span<const std::byte> data, std::string_view prefix, std::size_t at = 0) {
  return data.size() >= at + prefix.size() &&
         std::ranges::equal(data.subspan(at, prefix.size()), prefix,
                            [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
}

/// The first bytes as a person reads them: `47 49 46 38 "GIF8"`.
std::string first_bytes(std::span<const std::byte> data) {
  constexpr std::size_t kShown = 8;
  std::string hex;
  std::string text;
  for (const std::byte byte : data.first(std::min(kShown, data.size()))) {
    const auto value = std::to_integer<unsigned>(byte);
    hex += fmt::format("{:02x} ", value);
    text += value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
  }
  return fmt::format("{}\"{}\"", hex, text);
}

}  // namespace

Status check_size(std::string_view kind, std::int64_t width, std::int64_t height,
                  const DecodeLimits& limits) {
  if (width <= 0 || height <= 0) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the {}'s header states {} x {} pixels", kind, width, height));
  }
  if (width > limits.max_pixels / height) {
    // Unsigned: two sides of 32 bits fit.
    const auto pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    return fail(ErrorCode::kTooLarge,
                fmt::format("the {} has {} x {} pixels, {} in all; at most {} are decoded", kind,
                            width, height, pixels, limits.max_pixels));
  }
  return {};
}

Result<Image> decode(std::span<const std::byte> encoded, const DecodeLimits& limits, int enough) {
  if (encoded.empty()) return fail(ErrorCode::kInvalidArgument, "the image is empty (0 bytes)");
  if (encoded.size() > limits.max_bytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the image has {} bytes; at most {} are decoded",
                                                  encoded.size(), limits.max_bytes));
  }
  if (starts_with(encoded, "\xff\xd8")) return decode_jpeg(encoded, limits, enough);
  if (starts_with(encoded, "\x89PNG\r\n\x1a\n")) return decode_png(encoded, limits, enough);
  if (starts_with(encoded, "RIFF") && starts_with(encoded, "WEBP", 8)) {
    return decode_webp(encoded, limits, enough);
  }
  return fail(
      ErrorCode::kUnsupportedMedia,
      fmt::format("not a JPEG, PNG or WebP image: it starts with {}", first_bytes(encoded)));
}

}  // namespace cnnselect
