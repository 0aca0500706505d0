#include "image/row_shrinker.h"

#include <algorithm>

namespace cnnselect {
namespace {

std::size_t bytes_of_row(int width) { return static_cast<std::size_t>(width) * 3; }

/// The first of the `source` pixels whose mean is pixel `i` of `target`; their boxes leave out no
/// pixel and differ by one in width.
int box_start(std::int64_t i, int source, int target) {
  return static_cast<int>(i * source / target);
}

void lay_over_white(std::span<const std::uint8_t> rgba, std::uint8_t* rgb) {
  for (std::size_t from = 0; from < rgba.size(); from += 4) {
    const unsigned alpha = rgba[from + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      *rgb++ =
          static_cast<std::uint8_t>((rgba[from + c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
}

}  // namespace

RowShrinker::RowShrinker(int width, int height, int enough)
    : width_(width), height_(height), image_{width, height, {}} {
  const int factor = enough > 0 ? std::min(width, height) / enough : 1;
  if (factor > 1) {
    image_.width /= factor;
    image_.height /= factor;
    sums_.resize(bytes_of_row(image_.width));
  }
  image_.rgb.resize(bytes_of_row(image_.width) * static_cast<std::size_t>(image_.height));
}

void RowShrinker::add(std::span<const std::uint8_t> row) {
  const bool has_alpha = row.size() > bytes_of_row(width_);
  const bool shrinks = !sums_.empty();
  std::uint8_t* const to =
      image_.rgb.data() + (bytes_of_row(image_.width) * static_cast<std::size_t>(done_));
  if (!shrinks) {
    if (has_alpha) {
      lay_over_white(row, to);
    } else {
      std::ranges::copy(row, to);
    }
    ++done_;
    return;
  }
  if (has_alpha) {
    opaque_.resize(bytes_of_row(width_));
    lay_over_white(row, opaque_.data());
    row = opaque_;
  }
  average(row);
}

void RowShrinker::average(std::span<const std::uint8_t> rgb) {
  const std::uint8_t* in = rgb.data();
  for (int x = 0; x < image_.width; ++x) {
    std::uint64_t* const sum = &sums_[bytes_of_row(x)];
    const std::uint8_t* const end =
        rgb.data() + bytes_of_row(box_start(x + 1, width_, image_.width));
    for (; in != end; in += 3) {
      for (std::size_t c = 0; c < 3; ++c) sum[c] += in[c];
    }
  }
  if (++rows_ < box_start(done_ + 1, height_, image_.height)) return;
  const auto tall = static_cast<std::uint64_t>(rows_ - box_start(done_, height_, image_.height));
  std::uint8_t* out =
      image_.rgb.data() + (bytes_of_row(image_.width) * static_cast<std::size_t>(done_));
  for (int x = 0; x < image_.width; ++x) {
    const std::uint64_t pixels =
        tall * static_cast<std::uint64_t>(box_start(x + 1, width_, image_.width) -
                                          box_start(x, width_, image_.width));
    for (std::size_t c = 0; c < 3; ++c) {
      *out++ = static_cast<std::uint8_t>((sums_[bytes_of_row(x) + c] + pixels / 2) / pixels);
    }
  }
  std::ranges::fill(sums_, 0);
  ++done_;
}

}  // namespace cnnselect
