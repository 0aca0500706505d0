// The one thing wanted from a photo's EXIF data: which way up it was taken. Pure; any thread; safe
// on hostile input: every offset is checked against the data before it is followed.
#pragma once

#include <cstddef>
#include <span>

namespace cnnselect {

/// What stands before a JPEG's picture data.
struct JpegMarkers {
  int orientation = 1;   ///< EXIF orientation, 1 (upright) to 8; 1 when none or nonsense is stated
  std::size_t scan = 0;  ///< where the first start-of-scan marker is; the file's size if nowhere
};

/// `jpeg` starts with a start-of-image marker.
JpegMarkers read_markers(std::span<const std::byte> jpeg);

/// The orientation of a TIFF structure, which is what an EXIF block is after its "Exif\0\0".
int tiff_orientation(std::span<const std::byte> tiff);

}  // namespace cnnselect
