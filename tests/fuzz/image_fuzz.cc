// decode() and the EXIF reader on hostile bytes: no crash, no picture over the limit.
//
// The first byte chooses: raw bytes, a TIFF structure, or a real file that the following bytes
// damage (three a hit: two for the place, one for the value), which gets past the headers.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "image/decode.h"
#include "image/exif.h"
#include "image/prepare.h"
#include "image/testing/test_pictures.h"
#include "require.h"

namespace cnnselect {
namespace {

constexpr DecodeLimits kLimits{.max_bytes = 1U << 20U, .max_pixels = 1 << 16};

void decode_and_fit(std::span<const std::byte> encoded, int enough) {
  const auto image = decode(encoded, kLimits, enough);
  if (!image) {
    require(!image.error().message.empty());
    return;
  }
  require(image->width > 0 && image->height > 0);
  require(std::int64_t{image->width} * image->height <= kLimits.max_pixels);
  require(image->rgb.size() == static_cast<std::size_t>(image->width * image->height * 3));
  InputSpec spec;
  spec.resize = spec.crop = {16, 16};
  require(fit(*image, spec).rgb.size() == std::size_t{16} * 16 * 3);
}

const std::vector<test::Bytes>& real_files() {
  static const std::vector<test::Bytes> files = [] {
    const Image photo = test::draw_photo(48, 32, 12);
    return std::vector<test::Bytes>{
        test::encode_jpeg(photo),
        test::encode_jpeg(photo, 90, test::JpegKind::kProgressive),
        test::encode_jpeg(photo, 90, test::JpegKind::kCmyk),
        test::encode_jpeg(photo, 90, test::JpegKind::kColour, {{{4, 1}, {1, 1}, {2, 1}}}),
        test::encode_jpeg_by_colour(photo),
        test::with_jpeg_exif(test::encode_jpeg(photo), test::make_tiff(6, true)),
        test::encode_png(photo),
        test::encode_png(photo, true),
        test::encode_png_with_exif(photo, test::make_tiff(6, true), test::Place::kAfterPixels),
        test::encode_webp(photo),
        test::with_webp_exif(test::encode_webp(photo), test::make_tiff(6, false), photo),
        test::encode_transparent_png(8, {1, 2, 3}, 100),
        test::encode_gray_png(8, 77, true),
    };
  }();
  return files;
}

void damage(test::Bytes& file, std::span<const std::uint8_t> hits) {
  for (std::size_t i = 0; i + 3 <= hits.size(); i += 3) {
    const std::size_t at = (std::size_t{hits[i]} << 8U) | hits[i + 1];
    file[at % file.size()] = std::byte{hits[i + 2]};
  }
}

}  // namespace
}  // namespace cnnselect

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cnnselect;
  if (size < 2) return 0;
  const std::span<const std::uint8_t> input(data, size);
  const auto& files = real_files();
  const std::size_t choice = input[0] % (files.size() + 2);
  const int enough = input[1];
  const auto rest = input.subspan(2);
  if (choice == files.size()) {
    decode_and_fit(std::as_bytes(rest), enough);
  } else if (choice == files.size() + 1) {
    const int orientation = tiff_orientation(std::as_bytes(rest));
    require(orientation >= 1 && orientation <= 8);
  } else {
    test::Bytes file = files[choice];
    damage(file, rest);
    decode_and_fit(file, enough);
  }
  return 0;
}
