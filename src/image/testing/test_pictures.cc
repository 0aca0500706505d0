#include "image/testing/test_pictures.h"

#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "cnnselect/rng.h"

namespace cnnselect::test {
namespace {

Image blank(int width, int height) {
  Image image{width, height, {}};
  image.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return image;
}

Bytes encode_with_opencv(const cv::Mat& pixels, std::string_view extension) {
  std::vector<std::uint8_t> encoded;
  // A WebP quality above 100 means lossless.
  const std::vector<int> options{cv::IMWRITE_WEBP_QUALITY, 101};
  if (!cv::imencode(std::string(extension), pixels, encoded, options)) {
    throw std::runtime_error("OpenCV could not encode the test picture");
  }
  Bytes bytes(encoded.size());
  std::memcpy(bytes.data(), encoded.data(), encoded.size());
  return bytes;
}

cv::Mat to_bgr(const Image& image) {
  cv::Mat pixels(image.height, image.width, CV_8UC3);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    std::reverse_copy(&image.rgb[i], &image.rgb[i] + 3, pixels.data + i);
  }
  return pixels;
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

Bytes encode_jpeg(const Image& image, int quality, JpegKind kind) {
  const std::unique_ptr<void, int (*)(void*)> compressor(tjInitCompress(), tjDestroy);
  const auto cmyk = kind == JpegKind::kCmyk ? to_inverted_cmyk(image) : std::vector<std::uint8_t>{};
  const std::uint8_t* pixels = kind == JpegKind::kCmyk ? cmyk.data() : image.rgb.data();
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const int failed = tjCompress2(compressor.get(), pixels, image.width, 0, image.height,
                                 kind == JpegKind::kCmyk ? TJPF_CMYK : TJPF_RGB, &buffer, &size,
                                 kind == JpegKind::kGray ? TJSAMP_GRAY : TJSAMP_420, quality,
                                 kind == JpegKind::kProgressive ? TJFLAG_PROGRESSIVE : 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(buffer, tjFree);
  if (failed != 0) throw std::runtime_error(tjGetErrorStr2(compressor.get()));
  Bytes bytes(size);
  std::memcpy(bytes.data(), buffer, size);
  return bytes;
}

Bytes encode(const Image& image, std::string_view extension) {
  return encode_with_opencv(to_bgr(image), extension);
}

Bytes encode_transparent_png(int side, const Rgb& colour, std::uint8_t alpha) {
  const cv::Scalar bgra(colour[2], colour[1], colour[0], alpha);
  return encode_with_opencv(cv::Mat(side, side, CV_8UC4, bgra), ".png");
}

Bytes encode_gray_png(int side, std::uint8_t value) {
  return encode_with_opencv(cv::Mat(side, side, CV_8UC1, cv::Scalar(value)), ".png");
}

Bytes encode_16_bit_png(const Image& image) {
  cv::Mat wide;
  to_bgr(image).convertTo(wide, CV_16U, 257);
  return encode_with_opencv(wide, ".png");
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

Bytes with_exif(std::span<const std::byte> jpeg, std::span<const std::byte> tiff) {
  Bytes bytes(jpeg.begin(), jpeg.begin() + 2);
  append(bytes, 0xffe1, 2, true);
  append(bytes, 2 + 6 + tiff.size(), 2, true);
  const Bytes name = bytes_of(std::string_view("Exif\0\0", 6));
  bytes.insert(bytes.end(), name.begin(), name.end());
  bytes.insert(bytes.end(), tiff.begin(), tiff.end());
  bytes.insert(bytes.end(), jpeg.begin() + 2, jpeg.end());
  return bytes;
}

Bytes bytes_of(std::string_view text) {
  Bytes bytes(text.size());
  std::ranges::transform(text, bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

}  // namespace cnnselect::test
