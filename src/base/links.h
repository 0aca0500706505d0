// links_on(): the symbolic links that decide where a path leads. Who watches a path watches them
// too: `models -> models-v2` is swapped without a change in either folder.
#pragma once

#include <filesystem>
#include <vector>

namespace cnnselect {

/// Every link on the way to `path` and on the ways that those links name, as absolute paths in the
/// order in which they are met. A path that leads nowhere, or in a circle, has those until there.
std::vector<std::filesystem::path> links_on(const std::filesystem::path& path);

}  // namespace cnnselect
