#include "report/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace cnnselect {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr Duration kAtMostEvery = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(const Clock& clock)
    : clock_(clock), on_terminal_(isatty(STDERR_FILENO) == 1), last_(TimePoint::min()) {}

Progress::~Progress() {
  if (on_terminal_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(const std::string& what, std::size_t done, std::size_t of) {
  if (!on_terminal_) return;
  const TimePoint now = clock_.now();
  const bool due = last_ == TimePoint::min() || now - last_ >= kAtMostEvery;
  if (!due && done < of) return;
  last_ = now;
  const std::size_t filled = std::min(kBarWidth, kBarWidth * done / of);
  fmt::print(stderr, "\r\033[K{} [{}{}] {}/{}", what, std::string(filled, '#'),
             std::string(kBarWidth - filled, ' '), done, of);
  std::fflush(stderr);
}

}  // namespace cnnselect
