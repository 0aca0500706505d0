#include "image/jpeg.h"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <type_traits>

#include "image/exif.h"
#include "image/limits.h"
#include "image/orient.h"

namespace cnnselect {
namespace {

struct CloseHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<std::remove_pointer_t<tjhandle>, CloseHandle>;

struct Header {
  int width = 0;
  int height = 0;
  int colour_space = 0;
};

const unsigned char* bytes_of(std::span<const std::byte> data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

std::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("the JPEG cannot be decoded: {}", why));
}

Result<Header> read_header(tjhandle handle, std::span<const std::byte> jpeg) {
  Header header;
  int subsampling = 0;
  if (tjDecompressHeader3(handle, bytes_of(jpeg), jpeg.size(), &header.width, &header.height,
                          &subsampling, &header.colour_space) != 0 &&
      tjGetErrorCode(handle) == TJERR_FATAL) {
    return broken(tjGetErrorStr2(handle));
  }
  return header;
}

/// The decoder's smallest scale that leaves the shorter side at least `enough`. Only halvings: they
/// are what the decoder has fast code for.
tjscalingfactor choose_scale(const Header& header, int enough) {
  tjscalingfactor best{1, 1};
  if (enough <= 0) return best;
  const int shorter = std::min(header.width, header.height);
  for (const int denominator : {2, 4, 8}) {
    const tjscalingfactor scale{1, denominator};
    if (TJSCALED(shorter, scale) >= enough) best = scale;
  }
  return best;
}

/// Whether the picture data that starts at `scan` ends, as it must, with an end-of-image marker. In
/// the entropy-coded part every 0xff is followed by a zero, so that the marker cannot be pixels.
bool has_end_marker(std::span<const std::byte> jpeg, std::size_t scan) {
  constexpr std::array kEnd{std::byte{0xff}, std::byte{0xd9}};
  return !std::ranges::search(jpeg.subspan(scan), kEnd).empty();
}

/// The decoder goes on after a warning and fills what it has not got with gray. Stray bytes between
/// markers are common and harmless; missing data is not.
Status check_warning(tjhandle handle, std::span<const std::byte> jpeg, std::size_t scan) {
  const std::string_view warning = tjGetErrorStr2(handle);
  if (tjGetErrorCode(handle) == TJERR_FATAL) return broken(warning);
  if (warning.find("remature end") != std::string_view::npos || !has_end_marker(jpeg, scan)) {
    return broken("it is truncated");
  }
  return {};
}

/// Inverted CMYK (255: no ink), as practically all CMYK JPEGs are stored, to RGB.
std::vector<std::uint8_t> cmyk_to_rgb(const std::vector<std::uint8_t>& cmyk) {
  std::vector<std::uint8_t> rgb(cmyk.size() / 4 * 3);
  for (std::size_t from = 0, to = 0; to < rgb.size(); from += 4, to += 3) {
    const unsigned black = cmyk[from + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[to + c] = static_cast<std::uint8_t>((cmyk[from + c] * black + 127) / 255);
    }
  }
  return rgb;
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::byte> jpeg, const DecodeLimits& limits, int enough) {
  const Decompressor decompressor(tjInitDecompress());
  if (!decompressor) return fail(ErrorCode::kInternal, "libjpeg-turbo could not be started");
  const auto header = read_header(decompressor.get(), jpeg);
  if (!header) return std::unexpected(header.error());
  if (auto fits = check_size(header->width, header->height, limits); !fits) {
    return std::unexpected(fits.error());
  }
  const JpegMarkers markers = read_markers(jpeg);
  const tjscalingfactor scale = choose_scale(*header, enough);
  const bool cmyk = header->colour_space == TJCS_CMYK || header->colour_space == TJCS_YCCK;
  const int format = cmyk ? TJPF_CMYK : TJPF_RGB;
  Image image{TJSCALED(header->width, scale), TJSCALED(header->height, scale), {}};
  image.rgb.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                   (cmyk ? 4 : 3));
  // A progressive file may repeat its scans without end: 500 are plenty.
  if (tjDecompress2(decompressor.get(), bytes_of(jpeg), jpeg.size(), image.rgb.data(), image.width,
                    0, image.height, format, TJFLAG_LIMITSCANS) != 0) {
    if (auto usable = check_warning(decompressor.get(), jpeg, markers.scan); !usable) {
      return std::unexpected(usable.error());
    }
  }
  if (cmyk) image.rgb = cmyk_to_rgb(image.rgb);
  return upright(std::move(image), markers.orientation);
}

}  // namespace cnnselect
