#include "measure/labelled_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include "model/names.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& file) {
  constexpr std::array<std::string_view, 4> kEndings = {".jpg", ".jpeg", ".png", ".webp"};
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

/// What is in the folder and passes, in name order; hidden entries are left out.
Result<std::vector<fs::path>> entries(const fs::path& folder, bool (*passes)(const fs::path&)) {
  std::error_code failed;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    const fs::path& path = entry->path();
    if (!path.filename().string().starts_with('.') && passes(path)) found.push_back(path);
  }
  if (failed) {
    return fail(ErrorCode::kNotFound,
                fmt::format("folder {} cannot be read: {}", folder.string(), failed.message()));
  }
  std::ranges::sort(found);
  return found;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;  // whatever the reason: it is not one to be read
  return fs::is_directory(path, ignored);
}

std::optional<std::size_t> as_index(std::string_view name) {
  std::size_t index = 0;
  const char* const end = name.data() + name.size();
  const auto [stopped, failed] = std::from_chars(name.data(), end, index);
  return failed == std::errc() && stopped == end ? std::optional(index) : std::nullopt;
}

/// The class that a folder of this name holds; its `file` is yet to be filled.
Result<LabelledPicture> class_of(const fs::path& folder, std::span<const std::string> labels) {
  const std::string name = folder.filename().string();
  const auto index = as_index(name);
  if (labels.empty()) return LabelledPicture{.index = index.value_or(kNoIndex), .label = name};
  const auto label = std::ranges::find(labels, name);
  if (label != labels.end()) {
    return LabelledPicture{.index = static_cast<std::size_t>(label - labels.begin()),
                           .label = name};
  }
  if (index && *index < labels.size()) {
    return LabelledPicture{.index = *index, .label = labels[*index]};
  }
  const std::vector<std::string_view> known(labels.begin(), labels.end());
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("folder {} is named by no class: neither a label (nearest: '{}') nor a "
                          "number from 0 to {}",
                          folder.string(), nearest(name, known), labels.size() - 1));
}

}  // namespace

Result<std::vector<LabelledPicture>> read_labelled_folders(const fs::path& folder,
                                                           std::span<const std::string> labels) {
  const auto classes = entries(folder, is_folder);
  if (!classes) return std::unexpected(classes.error());
  std::vector<LabelledPicture> pictures;
  for (const fs::path& one : *classes) {
    auto picture = class_of(one, labels);
    if (!picture) return std::unexpected(picture.error());
    const auto files = entries(one, is_picture);
    if (!files) return std::unexpected(files.error());
    for (const fs::path& file : *files) {
      picture->file = file;
      pictures.push_back(*picture);
    }
  }
  if (pictures.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has no folders with pictures (.jpg, .jpeg, .png, .webp); want one "
                            "folder for each class, or a table of labels",
                            folder.string()));
  }
  return pictures;
}

}  // namespace cnnselect
