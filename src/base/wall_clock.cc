#include "base/wall_clock.h"

namespace cnnselect {

std::chrono::sys_time<Duration> wall_now() { return std::chrono::system_clock::now(); }

}  // namespace cnnselect
