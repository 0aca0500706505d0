#include "image/jpeg.h"

#include <fmt/format.h>

#include <algorithm>

#include "image/exif.h"
#include "image/jpeg_reader.h"
#include "image/limits.h"
#include "image/orient.h"

namespace cnnselect {
namespace {

/// Scaled decoding takes time for every pixel of the file, though far less than for one that it
/// delivers.
constexpr std::int64_t kMoreBeforeScaling = 8;

/// The decoder's smallest scale, as a divisor, that leaves the shorter side at least `enough`. Only
/// halvings: they are what the decoder has fast code for.
unsigned choose_divisor(const jpeg_decompress_struct& state, int enough) {
  unsigned best = 1;
  if (enough <= 0) return best;
  const unsigned shorter = std::min(state.image_width, state.image_height);
  for (const unsigned divisor : {2U, 4U, 8U}) {
    if ((shorter + divisor - 1) / divisor >= static_cast<unsigned>(enough)) best = divisor;
  }
  return best;
}

/// Whether the whole picture waits in memory until its last scan is there: progressive files, and
/// those with a scan for each colour.
bool in_several_scans(const jpeg_decompress_struct& state) {
  return state.progressive_mode != FALSE || state.comps_in_scan < state.num_components;
}

Status check_jpeg_size(const jpeg_decompress_struct& state, const DecodeLimits& limits) {
  const std::int64_t width = state.image_width;
  const std::int64_t height = state.image_height;
  if (in_several_scans(state)) return check_size("JPEG of several scans", width, height, limits);
  if (width * height > limits.max_pixels * kMoreBeforeScaling) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("the JPEG has {} x {} pixels, {} in all; at most {} are scaled down",
                            width, height, width * height, limits.max_pixels * kMoreBeforeScaling));
  }
  return check_size(state.scale_denom == 1 ? "JPEG" : "JPEG, scaled down,", state.output_width,
                    state.output_height, limits);
}

/// So many scans that even one after the other over all pixels take no longer than 32 over as many
/// pixels as are allowed. Encoders make about ten.
int scans_allowed(const jpeg_decompress_struct& state, const DecodeLimits& limits) {
  constexpr std::int64_t kOfLargest = 32;
  constexpr std::int64_t kMost = 500;
  const std::int64_t pixels = std::int64_t{state.image_width} * state.image_height;
  return static_cast<int>(std::min(kMost, kOfLargest * limits.max_pixels / pixels));
}

/// The first EXIF segment's.
int jpeg_orientation(const jpeg_decompress_struct& state) {
  for (const auto* marker = state.marker_list; marker != nullptr; marker = marker->next) {
    const auto segment = std::as_bytes(std::span(marker->data, marker->data_length));
    if (const auto tiff = tiff_of_exif_segment(segment)) return tiff_orientation(*tiff);
  }
  return 1;
}

/// Whether the scans so far have told every coefficient of every component to its last bit.
bool has_every_coefficient(const jpeg_decompress_struct& state) {
  for (int i = 0; i < state.num_components; ++i) {
    if (state.comp_info[i].quant_table == nullptr) return false;  // no scan of it was there
    if (state.coef_bits == nullptr) continue;
    if (!std::ranges::all_of(state.coef_bits[i], [](int missing) { return missing == 0; })) {
      return false;
    }
  }
  return true;
}

/// Whether a picture whose data end without a marker is all there. Missing bits of Huffman codes
/// are an error before this is asked; arithmetic codes go on with zeros.
bool is_complete(const JpegReader& reader) {
  if (!reader.ended()) return true;
  const auto& state = reader.state();
  if (state.arith_code != FALSE) return false;
  return !in_several_scans(state) || has_every_coefficient(state);
}

/// Inverted CMYK (255: no ink), as practically all CMYK JPEGs are stored, to RGB.
void cmyk_to_rgb(std::span<const std::uint8_t> cmyk, std::uint8_t* rgb) {
  for (std::size_t from = 0; from < cmyk.size(); from += 4) {
    const unsigned black = cmyk[from + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      *rgb++ = static_cast<std::uint8_t>((cmyk[from + c] * black + 127) / 255);
    }
  }
}

/// Reads every row, once decompression was started. False: see the reader's error.
bool read_jpeg_rows(JpegReader& reader, Image& image) {
  const bool cmyk = reader.state().out_color_space == JCS_CMYK;
  std::vector<std::uint8_t> inks(cmyk ? static_cast<std::size_t>(image.width) * 4 : 0);
  std::vector<JSAMPROW> rows;
  const std::size_t pitch = static_cast<std::size_t>(image.width) * 3;
  for (std::size_t at = 0; at < image.rgb.size(); at += pitch) rows.push_back(&image.rgb[at]);
  return reader.run([&](jpeg_decompress_struct& state) {
    while (state.output_scanline < state.output_height) {
      JSAMPROW* const to = &rows[state.output_scanline];
      if (cmyk) {
        JSAMPROW row = inks.data();
        jpeg_read_scanlines(&state, &row, 1);
        cmyk_to_rgb(inks, *to);
      } else {
        jpeg_read_scanlines(&state, to, state.output_height - state.output_scanline);
      }
    }
  });
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::byte> jpeg, const DecodeLimits& limits, int enough) {
  JpegReader reader(jpeg);
  const bool has_header = reader.run([&](jpeg_decompress_struct& state) {
    jpeg_save_markers(&state, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&state, TRUE);
    const bool cmyk = state.jpeg_color_space == JCS_CMYK || state.jpeg_color_space == JCS_YCCK;
    state.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    state.scale_num = 1;
    state.scale_denom = choose_divisor(state, enough);
    jpeg_calc_output_dimensions(&state);
  });
  if (!has_header) return std::unexpected(reader.error());
  const jpeg_decompress_struct& state = reader.state();
  if (auto fits = check_jpeg_size(state, limits); !fits) return std::unexpected(fits.error());
  reader.limit_scans(scans_allowed(state, limits));
  Image image{static_cast<int>(state.output_width), static_cast<int>(state.output_height), {}};
  if (!reader.run([](jpeg_decompress_struct& started) { jpeg_start_decompress(&started); })) {
    return std::unexpected(reader.error());
  }
  // Only now: a file of several scans has been read by here, and may have been refused.
  image.rgb.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                   3);
  if (!read_jpeg_rows(reader, image)) return std::unexpected(reader.error());
  if (!is_complete(reader)) {
    return fail(ErrorCode::kInvalidArgument, "the JPEG cannot be decoded: it is truncated");
  }
  return upright(std::move(image), jpeg_orientation(state));
}

}  // namespace cnnselect
