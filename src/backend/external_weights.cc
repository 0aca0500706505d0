#include "backend/external_weights.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/file_bytes.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

// A StringStringEntryProto of onnx.proto whose key (field 1, 8 bytes) is "location", and the
// beginning of its value (field 2). Protocol buffers are written in the order of the fields.
constexpr std::string_view kLocationEntry = "\x0a\x08location\x12";
constexpr std::size_t kLongestPath = 4096;  // as the system has it; more is no path

/// The text whose length stands before it as a varint; empty: there is none.
std::string_view sized_text(std::string_view bytes) {
  std::size_t size = 0;
  for (unsigned shift = 0; shift < 21 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    size |= static_cast<std::size_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) != 0) continue;
    return size <= std::min(bytes.size(), kLongestPath) ? bytes.substr(0, size)
                                                        : std::string_view();
  }
  return {};
}

std::vector<fs::path> search(const fs::path& model) {
  const auto file = FileBytes::read(model);
  if (!file) return {};
  const std::string_view bytes(reinterpret_cast<const char*>(file->bytes().data()),
                               file->bytes().size());
  std::set<fs::path> files;
  for (auto at = bytes.find(kLocationEntry); at != std::string_view::npos;
       at = bytes.find(kLocationEntry, at + 1)) {
    const std::string_view name = sized_text(bytes.substr(at + kLocationEntry.size()));
    if (!name.empty()) files.insert(model.parent_path() / name);
  }
  return {files.begin(), files.end()};
}

}  // namespace

std::vector<fs::path> ExternalWeights::of(const fs::path& model) {
  const auto state = file_state(model);
  if (!state) return {};
  {
    const MutexLock lock(mutex_);
    const auto known = known_.find(model);
    if (known != known_.end() && known->second.state == *state) return known->second.files;
  }
  auto files = search(model);
  const MutexLock lock(mutex_);
  known_[model] = {.state = *state, .files = files};
  return files;
}

}  // namespace cnnselect
