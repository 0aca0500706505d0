#include "base/executable_path.h"

#include <system_error>

namespace cnnselect {

Result<std::filesystem::path> executable_path() {
  std::error_code failed;
  auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) return path;
  return fail(ErrorCode::kUnavailable, "/proc/self/exe: " + failed.message());
}

}  // namespace cnnselect
