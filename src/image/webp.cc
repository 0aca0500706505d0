#include "image/webp.h"

#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "image/exif.h"
#include "image/limits.h"
#include "image/orient.h"
#include "image/row_shrinker.h"

namespace cnnselect {
namespace {

const std::uint8_t* webp_bytes(std::span<const std::byte> data) {
  return reinterpret_cast<const std::uint8_t*>(data.data());
}

std::unexpected<Error> bad_webp(std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("the WebP cannot be decoded: {}", why));
}

/// What the EXIF chunk says, upright where there is none.
int webp_orientation(std::span<const std::byte> webp) {
  const WebPData data{.bytes = webp_bytes(webp), .size = webp.size()};
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> chunks(WebPDemux(&data),
                                                                    WebPDemuxDelete);
  WebPChunkIterator exif;
  if (!chunks || WebPDemuxGetChunk(chunks.get(), "EXIF", 1, &exif) == 0) return 1;
  const auto segment = std::as_bytes(std::span(exif.chunk.bytes, exif.chunk.size));
  // Some writers put before it what stands before it in a JPEG.
  const int orientation = tiff_orientation(tiff_of_exif_segment(segment).value_or(segment));
  WebPDemuxReleaseChunkIterator(&exif);
  return orientation;
}

/// The pixels as the file has them: 3 bytes each, or 4 with alpha.
Result<std::vector<std::uint8_t>> read_webp_pixels(std::span<const std::byte> webp,
                                                   WebPDecoderConfig& config) {
  const std::size_t channels = config.input.has_alpha != 0 ? 4 : 3;
  const std::size_t pitch = static_cast<std::size_t>(config.input.width) * channels;
  std::vector<std::uint8_t> pixels(pitch * static_cast<std::size_t>(config.input.height));
  config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {
      .rgba = pixels.data(), .stride = static_cast<int>(pitch), .size = pixels.size()};
  const VP8StatusCode status = WebPDecode(webp_bytes(webp), webp.size(), &config);
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status == VP8_STATUS_NOT_ENOUGH_DATA) return bad_webp("it is truncated");
  if (status != VP8_STATUS_OK) return bad_webp("it is corrupt");
  return pixels;
}

}  // namespace

Result<Image> decode_webp(std::span<const std::byte> webp, const DecodeLimits& limits, int enough) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    return fail(ErrorCode::kInternal, "libwebp is of another version than its header");
  }
  if (WebPGetFeatures(webp_bytes(webp), webp.size(), &config.input) != VP8_STATUS_OK) {
    return bad_webp("its header is truncated or corrupt");
  }
  if (config.input.has_animation != 0) {
    return fail(ErrorCode::kUnsupportedMedia, "the WebP is an animation; send one picture");
  }
  const int width = config.input.width;
  const int height = config.input.height;
  if (auto fits = check_size("WebP", width, height, limits); !fits) {
    return std::unexpected(fits.error());
  }
  const auto pixels = read_webp_pixels(webp, config);
  if (!pixels) return std::unexpected(pixels.error());
  RowShrinker shrinker(width, height, enough);
  const std::size_t pitch = pixels->size() / static_cast<std::size_t>(height);
  for (std::size_t at = 0; at < pixels->size(); at += pitch) {
    shrinker.add(std::span(*pixels).subspan(at, pitch));
  }
  return upright(shrinker.take(), webp_orientation(webp));
}

}  // namespace cnnselect
