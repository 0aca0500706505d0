#include "base/links.h"

#include <algorithm>
#include <deque>
#include <system_error>

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLinks = 40;  // as the system follows

}  // namespace

std::vector<fs::path> links_on(const fs::path& path) {
  std::vector<fs::path> links;
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  std::deque<fs::path> ahead(whole.begin(), whole.end());
  fs::path reached;
  while (!ahead.empty() && links.size() < kMostLinks) {
    const fs::path part = ahead.front();
    ahead.pop_front();
    const fs::path next = part == ".." ? reached.parent_path() : reached / part;
    const fs::path target = fs::read_symlink(next, failed);
    if (failed) {  // no link
      reached = next;
      continue;
    }
    links.push_back(next);
    if (target.is_absolute()) reached = target.root_path();
    const fs::path relative = target.relative_path();
    ahead.insert(ahead.begin(), relative.begin(), relative.end());
  }
  return links;
}

}  // namespace cnnselect
