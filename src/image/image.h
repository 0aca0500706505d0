// Image: decoded pixels, 8-bit RGB. The steps from an upload to a tensor are decode() (decode.h),
// then fit() and write_tensor() (prepare.h). Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cnnselect {

struct Image {
  int width = 0;   ///< pixels, > 0
  int height = 0;  ///< pixels, > 0
  /// Interleaved RGB rows from the top, `width * height * 3` bytes, no padding.
  std::vector<std::uint8_t> rgb;
};

}  // namespace cnnselect
