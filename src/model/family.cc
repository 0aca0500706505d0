#include "model/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "model/family_text.h"
#include "model/labels.h"
#include "model/text_file.h"

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

/// The number that a version folder is named by: 1, 2, ...; 0 for any other name.
int version_of(const std::string& folder) {
  int version = 0;
  const char* end = folder.data() + folder.size();
  const auto [rest, error] = std::from_chars(folder.data(), end, version);
  const bool whole = error == std::errc{} && rest == end && folder.front() != '0';
  return whole && version > 0 ? version : 0;
}

/// The highest version folder of `model`, 0 when there is none.
int highest_version(const fs::path& model) {
  int highest = 0;
  std::error_code error;
  for (fs::directory_iterator entry(model, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    if (!entry->is_directory(unreadable)) continue;
    highest = std::max(highest, version_of(entry->path().filename().string()));
  }
  return highest;
}

/// Finds the member's file: the stated one, else the repository layout's newest.
Status locate(FamilyMember& member, const fs::path& repository) {
  if (member.file.empty()) {
    const fs::path folder = repository / member.name;
    member.version = highest_version(folder);
    if (member.version == 0) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("model '{}' states no file, and there is no '{}'", member.name,
                              (folder / "<version>" / "model.onnx").string()));
    }
    member.file = folder / std::to_string(member.version) / "model.onnx";
  }
  std::error_code error;
  if (fs::is_regular_file(member.file, error)) return {};
  return fail(ErrorCode::kNotFound,
              fmt::format("model '{}': no file '{}'", member.name, member.file.string()));
}

}  // namespace

Result<Family> load_family(const fs::path& file) {
  const Result<std::string> content = read_text_file("family file", file);
  if (!content) return std::unexpected(content.error());
  Result<FamilyText> text = parse_family(*content, file.string(), file.parent_path());
  if (!text) return std::unexpected(text.error());

  const Result<std::string> lines = read_text_file("labels file", text->labels);
  if (!lines) return std::unexpected(lines.error().within(text->labels_place));
  Result<std::vector<std::string>> labels = parse_labels(*lines, text->labels.string());
  if (!labels) return std::unexpected(labels.error().within(text->labels_place));

  Family family = std::move(text->family);
  family.labels = std::move(*labels);
  family.file = file;
  for (std::size_t i = 0; i < family.members.size(); ++i) {
    if (Status found = locate(family.members[i], file.parent_path()); !found) {
      return std::unexpected(found.error().within(text->member_places[i]));
    }
  }
  return family;
}

}  // namespace cnnselect
