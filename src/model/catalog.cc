#include "model/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace cnnselect {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFamilySuffix = ".family.toml";

Result<std::vector<fs::path>> family_files(const fs::path& repository) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(repository, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    if (entry->path().filename().string().ends_with(kFamilySuffix) &&
        entry->is_regular_file(unreadable)) {
      files.push_back(entry->path());
    }
  }
  if (error) {
    return fail(ErrorCode::kNotFound,
                fmt::format("model repository '{}': {}", repository.string(), error.message()));
  }
  if (files.empty()) {
    return fail(ErrorCode::kNotFound, fmt::format("model repository '{}' holds no family: no file "
                                                  "there ends with '{}'",
                                                  repository.string(), kFamilySuffix));
  }
  std::ranges::sort(files);
  return files;
}

/// "family 'emoji' (zoo/emoji.family.toml)"
std::string described(std::string_view what, std::string_view name, const Family& family) {
  return family.file.empty() ? fmt::format("{} '{}'", what, name)
                             : fmt::format("{} '{}' ({})", what, name, family.file.string());
}

}  // namespace

Result<Catalog> Catalog::scan(const fs::path& repository) {
  const Result<std::vector<fs::path>> files = family_files(repository);
  if (!files) return std::unexpected(files.error());
  std::vector<Family> families;
  for (const fs::path& file : *files) {
    Result<Family> family = load_family(file);
    if (!family) return std::unexpected(family.error());
    families.push_back(std::move(*family));
  }
  return from(std::move(families));
}

Result<Catalog> Catalog::from(std::vector<Family> families) {
  Catalog catalog;
  std::unordered_map<std::string, std::string> owners;  // name -> who has it, in words
  const auto claim = [&](std::string_view what, const std::string& name,
                         const Family& family) -> Status {
    const std::string owner = described(what, name, family);
    const auto [place, is_new] = owners.emplace(name, owner);
    if (is_new) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} and {} have one name; families and models share a namespace, each "
                            "name must be used once",
                            place->second, owner));
  };
  for (const Family& family : families) {
    const FamilyId family_id{static_cast<std::uint32_t>(catalog.members_.size())};
    if (Status status = claim("family", family.name, family); !status) {
      return std::unexpected(status.error());
    }
    catalog.family_ids_.emplace(family.name, family_id);
    std::vector<ModelId>& ids = catalog.members_.emplace_back();
    for (const FamilyMember& member : family.members) {
      if (Status status = claim("model", member.name, family); !status) {
        return std::unexpected(status.error());
      }
      const ModelId id{static_cast<std::uint32_t>(catalog.models_.size())};
      catalog.models_.push_back({id, family_id, member});
      catalog.model_ids_.emplace(member.name, id);
      ids.push_back(id);
    }
  }
  catalog.families_ = std::move(families);
  return catalog;
}

std::optional<FamilyId> Catalog::find_family(std::string_view name) const {
  const auto place = family_ids_.find(name);
  return place != family_ids_.end() ? std::optional(place->second) : std::nullopt;
}

std::optional<ModelId> Catalog::find_model(std::string_view name) const {
  const auto place = model_ids_.find(name);
  return place != model_ids_.end() ? std::optional(place->second) : std::nullopt;
}

}  // namespace cnnselect
