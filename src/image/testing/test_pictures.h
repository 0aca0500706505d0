// Pictures for tests and benchmarks: drawn here, so that no photo need be committed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace cnnselect::test {

using Bytes = std::vector<std::byte>;
using Rgb = std::array<std::uint8_t, 3>;

/// Smooth colours with a few edges, and grain of up to `noise` levels: compresses like a photo.
Image draw_photo(int width, int height, int noise = 0);
/// Four plain quarters: top left, top right, bottom left, bottom right.
Image draw_quarters(int width, int height, const std::array<Rgb, 4>& colours);

Rgb pixel(const Image& image, int x, int y);
/// The largest difference of any byte; 256 when the sizes differ.
int largest_difference(const Image& a, const Image& b);

enum class JpegKind { kColour, kProgressive, kGray, kCmyk };
/// Horizontally and vertically, how densely each component is sampled.
using Sampling = std::array<std::array<int, 2>, 3>;
/// `sampling` is of kColour and kProgressive.
Bytes encode_jpeg(const Image& image, int quality = 95, JpegKind kind = JpegKind::kColour,
                  const Sampling& sampling = {{{2, 2}, {1, 1}, {1, 1}}});
/// A scan of its own for each colour.
Bytes encode_jpeg_by_colour(const Image& image);

Bytes encode_png(const Image& image, bool interlaced = false);
/// Every value v of the picture becomes v * 257.
Bytes encode_16_bit_png(const Image& image);
/// A PNG of one colour with the same transparency everywhere.
Bytes encode_transparent_png(int side, const Rgb& colour, std::uint8_t alpha);
/// A gray PNG of one value; `invisible`: with a tRNS chunk that names that very value.
Bytes encode_gray_png(int side, std::uint8_t value, bool invisible = false);
/// Lossless.
Bytes encode_webp(const Image& image);

/// A TIFF structure whose only entry is the orientation.
Bytes make_tiff(int orientation, bool big_endian);
/// The JPEG with the structure in a segment before all others, as a camera writes it.
Bytes with_jpeg_exif(std::span<const std::byte> jpeg, std::span<const std::byte> tiff);
enum class Place { kBeforePixels, kAfterPixels };
Bytes encode_png_with_exif(const Image& image, std::span<const std::byte> tiff, Place place);
/// Of a WebP of encode_webp(), whose `image` says how large it is.
Bytes with_webp_exif(std::span<const std::byte> webp, std::span<const std::byte> exif,
                     const Image& image);

Bytes bytes_of(std::string_view text);

}  // namespace cnnselect::test
