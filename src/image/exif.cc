#include "image/exif.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cnnselect {
namespace {

constexpr int kUpright = 1;
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kTypeShort = 3;
constexpr std::size_t kEntrySize = 12;

/// Reads unsigned integers at offsets that the file claims: out of range is nothing, never a read.
class Reader {
 public:
  Reader(std::span<const std::byte> data, bool big_endian) : data_(data), big_endian_(big_endian) {}

  std::optional<std::uint32_t> read(std::size_t offset, std::size_t bytes) const {
    if (offset > data_.size() || data_.size() - offset < bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::size_t at = big_endian_ ? offset + i : offset + bytes - 1 - i;
      value = (value << 8U) | std::to_integer<std::uint32_t>(data_[at]);
    }
    return value;
  }

 private:
  std::span<const std::byte> data_;
  bool big_endian_;
};

bool starts_with(std::span<const std::byte> data, std::span<const unsigned char> prefix) {
  return data.size() >= prefix.size() &&
         std::ranges::equal(data.first(prefix.size()), prefix,
                            [](std::byte a, unsigned char b) { return a == std::byte{b}; });
}

/// The orientation if the directory entry at `offset` is one.
std::optional<int> orientation_entry(const Reader& reader, std::size_t offset) {
  if (reader.read(offset, 2) != kOrientationTag || reader.read(offset + 2, 2) != kTypeShort) {
    return std::nullopt;
  }
  const auto value = reader.read(offset + 8, 2);
  return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : kUpright;
}

}  // namespace

int tiff_orientation(std::span<const std::byte> tiff) {
  constexpr std::array<unsigned char, 4> kLittle{'I', 'I', 42, 0};
  constexpr std::array<unsigned char, 4> kBig{'M', 'M', 0, 42};
  const bool big_endian = starts_with(tiff, kBig);
  if (!big_endian && !starts_with(tiff, kLittle)) return kUpright;
  const Reader reader(tiff, big_endian);
  const auto directory = reader.read(4, 4);
  const auto count = directory ? reader.read(*directory, 2) : std::nullopt;
  if (!count) return kUpright;
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + (i * kEntrySize);
    if (!reader.read(entry, 2)) return kUpright;
    if (const auto orientation = orientation_entry(reader, entry)) return *orientation;
  }
  return kUpright;
}

std::optional<std::span<const std::byte>> tiff_of_exif_segment(std::span<const std::byte> segment) {
  constexpr std::array<unsigned char, 6> kExif{'E', 'x', 'i', 'f', 0, 0};
  if (!starts_with(segment, kExif)) return std::nullopt;
  return segment.subspan(kExif.size());
}

}  // namespace cnnselect
