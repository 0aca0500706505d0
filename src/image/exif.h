// The one thing wanted from a photo's EXIF data: which way up it was taken. Pure; any thread; safe
// on hostile input: every offset is checked against the data before it is followed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace cnnselect {

/// The TIFF structure of a JPEG's APP1 segment, after its "Exif\0\0"; nothing where that is not
/// what `segment` starts with.
std::optional<std::span<const std::byte>> tiff_of_exif_segment(std::span<const std::byte> segment);

/// The EXIF orientation that a TIFF structure states, 1 (upright) to 8; 1 when none or nonsense is
/// stated. JPEG has the structure in a segment, PNG and WebP in a chunk.
int tiff_orientation(std::span<const std::byte> tiff);

}  // namespace cnnselect
