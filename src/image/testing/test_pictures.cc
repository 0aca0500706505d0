#include "image/testing/test_pictures.h"

#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>

#include "cnnselect/rng.h"
#include "image/libjpeg.h"

namespace cnnselect::test {
namespace {

Image blank(int width, int height) {
  Image image{width, height, {}};
  image.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return image;
}

/// With 255 for "no ink", RGB is CMYK without black.
std::vector<std::uint8_t> to_inverted_cmyk(const Image& image) {
  std::vector<std::uint8_t> cmyk;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    cmyk.insert(cmyk.end(), &image.rgb[i], &image.rgb[i] + 3);
    cmyk.push_back(255);
  }
  return cmyk;
}

void append(Bytes& bytes, std::size_t value, std::size_t width, bool big_endian) {
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t place = big_endian ? width - 1 - i : i;
    bytes.push_back(static_cast<std::byte>(value >> (8 * place)));
  }
}

void append(Bytes& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes copy_of(const unsigned char* bytes, std::size_t size) {
  Bytes copy(size);
  std::memcpy(copy.data(), bytes, size);
  return copy;
}

/// `adjust` changes the settings that libjpeg makes from the kind's colours. What goes wrong ends
/// the program: libjpeg says why.
template <class Adjust>
Bytes compress(const Image& image, int quality, JpegKind kind, const Adjust& adjust) {
  const bool cmyk = kind == JpegKind::kCmyk;
  const auto inks = cmyk ? to_inverted_cmyk(image) : std::vector<std::uint8_t>{};
  const std::uint8_t* const pixels = cmyk ? inks.data() : image.rgb.data();
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &buffer, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = cmyk ? 4 : 3;
  jpeg.in_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  adjust(jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  const std::size_t pitch = jpeg.image_width * static_cast<std::size_t>(jpeg.input_components);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(pixels + (jpeg.next_scanline * pitch));  // libjpeg is C
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, void (*)(void*)> owner(buffer, std::free);
  return copy_of(buffer, size);
}

struct PngKind {
  int width = 0;
  int height = 0;
  int depth = 8;
  int colour_type = 0;
  bool interlaced = false;
  int invisible_gray = -1;  ///< -1: none
  std::span<const std::byte> exif;
  Place exif_place = Place::kBeforePixels;
};

/// `rows` one after the other, as the file has them.
Bytes encode_png_rows(const std::vector<std::uint8_t>& rows, const PngKind& kind) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  const auto write = [](png_structp state, png_bytep data, std::size_t size) {
    append(*static_cast<Bytes*>(png_get_io_ptr(state)), std::as_bytes(std::span(data, size)));
  };
  png_set_write_fn(png, &bytes, write, nullptr);
  const auto height = static_cast<png_uint_32>(kind.height);
  png_set_IHDR(png, info, static_cast<png_uint_32>(kind.width), height, kind.depth,
               kind.colour_type, kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (kind.invisible_gray >= 0) {
    const png_color_16 invisible{.gray = static_cast<png_uint_16>(kind.invisible_gray)};
    png_set_tRNS(png, info, nullptr, 0, &invisible);
  }
  png_write_info(png, info);
  const auto write_exif = [&] {
    if (kind.exif.empty()) return;
    png_write_chunk(png, reinterpret_cast<png_const_bytep>("eXIf"),
                    reinterpret_cast<png_const_bytep>(kind.exif.data()), kind.exif.size());
  };
  if (kind.exif_place == Place::kBeforePixels) write_exif();
  const std::size_t pitch = png_get_rowbytes(png, info);
  for (int pass = png_set_interlace_handling(png); pass > 0; --pass) {
    for (std::size_t at = 0; at < rows.size(); at += pitch) png_write_row(png, &rows[at]);
  }
  if (kind.exif_place == Place::kAfterPixels) write_exif();
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

}  // namespace

Image draw_photo(int width, int height, int noise) {
  Image image = blank(width, height);
  Rng rng(7);
  std::uint8_t* out = image.rgb.data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / width;
      const double v = static_cast<double>(y) / height;
      const double edge = std::sin(9 * u) * std::cos(7 * v) > 0.3 ? 40 : 0;
      const double grain = noise == 0 ? 0 : (rng.uniform() - 0.5) * 2 * noise;
      const std::array values{60 + 120 * u, 200 - 130 * v, 80 + 60 * std::sin(5 * (u + v))};
      for (const double value : values) {
        *out++ = static_cast<std::uint8_t>(std::clamp(value + edge + grain, 0.0, 255.0));
      }
    }
  }
  return image;
}

Image draw_quarters(int width, int height, const std::array<Rgb, 4>& colours) {
  Image image = blank(width, height);
  std::uint8_t* out = image.rgb.data();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t quarter = (y < height / 2 ? 0U : 2U) + (x < width / 2 ? 0U : 1U);
      out = std::ranges::copy(colours.at(quarter), out).out;
    }
  }
  return image;
}

Rgb pixel(const Image& image, int x, int y) {
  const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                   static_cast<std::size_t>(x)) *
                  3;
  return {image.rgb.at(at), image.rgb.at(at + 1), image.rgb.at(at + 2)};
}

int largest_difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    largest = std::max(largest, std::abs(int{a.rgb[i]} - int{b.rgb[i]}));
  }
  return largest;
}

Bytes encode_jpeg(const Image& image, int quality, JpegKind kind, const Sampling& sampling) {
  return compress(image, quality, kind, [&](jpeg_compress_struct& jpeg) {
    if (kind == JpegKind::kProgressive) jpeg_simple_progression(&jpeg);
    if (kind == JpegKind::kGray) jpeg_set_colorspace(&jpeg, JCS_GRAYSCALE);
    if (kind == JpegKind::kCmyk) jpeg_set_colorspace(&jpeg, JCS_YCCK);
    for (std::size_t i = 0; i < sampling.size() && jpeg.num_components == 3; ++i) {
      jpeg.comp_info[i].h_samp_factor = sampling[i][0];
      jpeg.comp_info[i].v_samp_factor = sampling[i][1];
    }
  });
}

Bytes encode_jpeg_by_colour(const Image& image) {
  std::array<jpeg_scan_info, 3> scans{};
  for (int i = 0; i < 3; ++i) {
    scans[static_cast<std::size_t>(i)] = {
        .comps_in_scan = 1, .component_index = {i}, .Ss = 0, .Se = 63, .Ah = 0, .Al = 0};
  }
  return compress(image, 95, JpegKind::kColour, [&](jpeg_compress_struct& jpeg) {
    jpeg.scan_info = scans.data();
    jpeg.num_scans = static_cast<int>(scans.size());
  });
}

Bytes encode_png(const Image& image, bool interlaced) {
  return encode_png_rows(image.rgb, {.width = image.width,
                                     .height = image.height,
                                     .colour_type = PNG_COLOR_TYPE_RGB,
                                     .interlaced = interlaced});
}

Bytes encode_16_bit_png(const Image& image) {
  std::vector<std::uint8_t> twice;
  for (const std::uint8_t value : image.rgb) twice.insert(twice.end(), 2, value);
  return encode_png_rows(twice, {.width = image.width,
                                 .height = image.height,
                                 .depth = 16,
                                 .colour_type = PNG_COLOR_TYPE_RGB});
}

Bytes encode_transparent_png(int side, const Rgb& colour, std::uint8_t alpha) {
  std::vector<std::uint8_t> rgba;
  for (int i = 0; i < side * side; ++i) {
    rgba.insert(rgba.end(), colour.begin(), colour.end());
    rgba.push_back(alpha);
  }
  return encode_png_rows(rgba,
                         {.width = side, .height = side, .colour_type = PNG_COLOR_TYPE_RGB_ALPHA});
}

Bytes encode_gray_png(int side, std::uint8_t value, bool invisible) {
  return encode_png_rows(std::vector<std::uint8_t>(static_cast<std::size_t>(side * side), value),
                         {.width = side,
                          .height = side,
                          .colour_type = PNG_COLOR_TYPE_GRAY,
                          .invisible_gray = invisible ? value : -1});
}

Bytes encode_webp(const Image& image) {
  std::uint8_t* buffer = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.rgb.data(), image.width, image.height, image.width * 3, &buffer);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(buffer, WebPFree);
  if (size == 0) throw std::runtime_error("libwebp could not encode the test picture");
  return copy_of(buffer, size);
}

Bytes make_tiff(int orientation, bool big_endian) {
  Bytes tiff = bytes_of(big_endian ? "MM" : "II");
  append(tiff, 42, 2, big_endian);
  append(tiff, 8, 4, big_endian);       // where the directory is
  append(tiff, 1, 2, big_endian);       // its entries
  append(tiff, 0x0112, 2, big_endian);  // orientation
  append(tiff, 3, 2, big_endian);       // a 16-bit number
  append(tiff, 1, 4, big_endian);
  append(tiff, static_cast<std::size_t>(orientation), 2, big_endian);
  append(tiff, 0, 2 + 4, big_endian);  // padding; no further directory
  return tiff;
}

Bytes with_jpeg_exif(std::span<const std::byte> jpeg, std::span<const std::byte> tiff) {
  Bytes bytes(jpeg.begin(), jpeg.begin() + 2);
  append(bytes, 0xffe1, 2, true);
  append(bytes, 2 + 6 + tiff.size(), 2, true);
  append(bytes, bytes_of(std::string_view("Exif\0\0", 6)));
  append(bytes, tiff);
  append(bytes, jpeg.subspan(2));
  return bytes;
}

Bytes encode_png_with_exif(const Image& image, std::span<const std::byte> tiff, Place place) {
  return encode_png_rows(image.rgb, {.width = image.width,
                                     .height = image.height,
                                     .colour_type = PNG_COLOR_TYPE_RGB,
                                     .exif = tiff,
                                     .exif_place = place});
}

Bytes with_webp_exif(std::span<const std::byte> webp, std::span<const std::byte> exif,
                     const Image& image) {
  constexpr std::size_t kHeader = 12;  // "RIFF", the size of what follows, "WEBP"
  constexpr std::size_t kHasExif = 0x08;
  Bytes chunks = bytes_of("WEBPVP8X");
  append(chunks, 10, 4, false);
  append(chunks, kHasExif, 4, false);
  append(chunks, static_cast<std::size_t>(image.width - 1), 3, false);
  append(chunks, static_cast<std::size_t>(image.height - 1), 3, false);
  append(chunks, webp.subspan(kHeader));
  append(chunks, bytes_of("EXIF"));
  append(chunks, exif.size(), 4, false);
  append(chunks, exif);
  if (exif.size() % 2 != 0) chunks.push_back(std::byte{0});
  Bytes bytes = bytes_of("RIFF");
  append(bytes, chunks.size(), 4, false);
  append(bytes, chunks);
  return bytes;
}

Bytes bytes_of(std::string_view text) {
  Bytes bytes(text.size());
  std::ranges::transform(text, bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

}  // namespace cnnselect::test
