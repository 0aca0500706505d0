// Turns a decoded picture the right way up. Pure; any thread.
#pragma once

#include "image/image.h"

namespace cnnselect {

/// Undoes EXIF `orientation` (1 to 8; anything else is taken as 1): 5 to 8 swap the sides.
Image upright(Image image, int orientation);

}  // namespace cnnselect
