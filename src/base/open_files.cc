#include "base/open_files.h"

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace cnnselect {

Result<std::uint64_t> raise_open_files_limit() {
  rlimit limit{};
  bool done = getrlimit(RLIMIT_NOFILE, &limit) == 0;
  if (done && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    done = setrlimit(RLIMIT_NOFILE, &limit) == 0;
  }
  if (done) return limit.rlim_cur;
  return fail(ErrorCode::kUnavailable, "the limit of open files cannot be raised: " +
                                           std::generic_category().message(errno));
}

}  // namespace cnnselect
