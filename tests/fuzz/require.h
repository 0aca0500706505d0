// The fuzz targets' assertion: on in every build type.
#pragma once

#include <cstdlib>

namespace cnnselect {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace cnnselect
