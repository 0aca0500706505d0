#include "base/wall_clock.h"

namespace cnnselect {

WallTime wall_now() { return std::chrono::system_clock::now(); }

}  // namespace cnnselect
