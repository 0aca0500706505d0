#include "image/png.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <new>

#include "image/exif.h"
#include "image/limits.h"
#include "image/orient.h"
#include "image/row_shrinker.h"

namespace cnnselect {
namespace {

std::unexpected<Error> bad_png(std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("the PNG cannot be decoded: {}", why));
}

/// libpng's decoder on bytes in memory. It reports an error by a call that must not return; here
/// that call jumps back into run(), which says false.
class PngReader {
 public:
  explicit PngReader(std::span<const std::byte> png)
      : data_(png),
        state_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning)),
        info_(state_ == nullptr ? nullptr : png_create_info_struct(state_)) {
    if (info_ == nullptr) {
      png_destroy_read_struct(&state_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(state_, this, on_read);
  }
  ~PngReader() { png_destroy_read_struct(&state_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  /// Calls `step`, which calls libpng; false when that failed. `step` must own nothing: a jump
  /// leaves it, no unwinding.
  template <class Step>
  bool run(const Step& step) {
    // Not an exception: libpng is C, and none may pass through it.
    if (setjmp(failed_) != 0) return false;
    step(state_, info_);
    return true;
  }

  png_structp state() const { return state_; }
  png_infop info() const { return info_; }
  std::unexpected<Error> error() const {
    return bad_png(ended_ ? "it is truncated" : message_.data());
  }

 private:
  static void on_error(png_structp state, png_const_charp message) {
    auto& reader = *static_cast<PngReader*>(png_get_error_ptr(state));
    *fmt::format_to_n(reader.message_.data(), reader.message_.size() - 1, "{}", message).out = '\0';
    std::longjmp(reader.failed_, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}  // it goes on: what it warns of is well
  static void on_read(png_structp state, png_bytep to, std::size_t size) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(state));
    if (size > reader.data_.size()) {
      reader.ended_ = true;
      png_error(state, "it is truncated");
    }
    std::memcpy(to, reader.data_.data(), size);
    reader.data_ = reader.data_.subspan(size);
  }

  std::span<const std::byte> data_;  ///< what is not read yet
  std::jmp_buf failed_{};
  std::array<char, 256> message_{};
  bool ended_ = false;
  png_structp state_;
  png_infop info_;
};

std::int64_t big_endian_32(std::span<const std::byte> data, std::size_t at) {
  std::int64_t value = 0;
  for (const std::byte byte : data.subspan(at, 4)) {
    value = (value << 8) | std::to_integer<std::int64_t>(byte);
  }
  return value;
}

/// Reads up to the pixels and asks for them as RGB or RGBA of 8 bits, whatever the file has.
bool read_png_header(PngReader& reader) {
  return reader.run([](png_structp png, png_infop info) {
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the size is checked already
    // Of all that may stand beside the pixels only this: texts and profiles may inflate to
    // gigabytes.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    constexpr std::array<png_byte, 5> kExif{'e', 'X', 'I', 'f', '\0'};
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, kExif.data(), 1);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
  });
}

/// Interlaced files tell the whole picture again and again, ever finer: it is kept at full size.
bool read_interlaced(PngReader& reader, std::size_t pitch, int height, RowShrinker& shrinker) {
  std::vector<std::uint8_t> pixels(pitch * static_cast<std::size_t>(height));
  const bool whole = reader.run([&](png_structp png, png_infop) {
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
      for (std::size_t at = 0; at < pixels.size(); at += pitch) {
        png_read_row(png, &pixels[at], nullptr);
      }
    }
  });
  for (std::size_t at = 0; whole && at < pixels.size(); at += pitch) {
    shrinker.add(std::span(pixels).subspan(at, pitch));
  }
  return whole;
}

bool read_row_by_row(PngReader& reader, std::size_t pitch, int height, RowShrinker& shrinker) {
  std::vector<std::uint8_t> row(pitch);
  for (int y = 0; y < height; ++y) {
    const bool read =
        reader.run([&](png_structp png, png_infop) { png_read_row(png, row.data(), nullptr); });
    if (!read) return false;
    shrinker.add(row);
  }
  return true;
}

/// The chunk may stand before the pixels or after them. That what is after them is damaged, or not
/// there at all, takes nothing from the picture.
int png_orientation(PngReader& reader) {
  reader.run([](png_structp png, png_infop info) { png_read_end(png, info); });
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(reader.state(), reader.info(), &size, &exif) == 0) return 1;
  return tiff_orientation(std::as_bytes(std::span(exif, size)));
}

}  // namespace

Result<Image> decode_png(std::span<const std::byte> png, const DecodeLimits& limits, int enough) {
  constexpr std::size_t kHeader = 33;
  if (png.size() < kHeader || std::memcmp(&png[12], "IHDR", 4) != 0) {
    return bad_png("its header is truncated or corrupt");
  }
  const std::int64_t width = big_endian_32(png, 16);
  const std::int64_t height = big_endian_32(png, 20);
  if (auto fits = check_size("PNG", width, height, limits); !fits) {
    return std::unexpected(fits.error());
  }
  PngReader reader(png);
  if (!read_png_header(reader)) return reader.error();
  const std::size_t pitch = png_get_rowbytes(reader.state(), reader.info());
  RowShrinker shrinker(static_cast<int>(width), static_cast<int>(height), enough);
  const bool interlaced =
      png_get_interlace_type(reader.state(), reader.info()) != PNG_INTERLACE_NONE;
  const auto read = interlaced ? read_interlaced : read_row_by_row;
  if (!read(reader, pitch, static_cast<int>(height), shrinker)) return reader.error();
  return upright(shrinker.take(), png_orientation(reader));
}

}  // namespace cnnselect
