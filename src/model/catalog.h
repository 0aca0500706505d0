// Catalog: every family and model of a repository folder, with their ids. A value, fixed once made.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "cnnselect/ids.h"
#include "model/family.h"

namespace cnnselect {

/// A family's member with its id.
struct CatalogModel {
  ModelId id;
  FamilyId family;
  FamilyMember member;
};

class Catalog {
 public:
  /// All `*.family.toml` of `repository`, in name order. Errors: no such folder, no family in it, a
  /// broken file, one name used by two families or models.
  static Result<Catalog> scan(const std::filesystem::path& repository);
  /// From families that are already read; same checks.
  static Result<Catalog> from(std::vector<Family> families);

  std::span<const Family> families() const { return families_; }
  std::span<const CatalogModel> models() const { return models_; }  ///< index = ModelId::value

  const Family& family(FamilyId id) const { return families_[id.value]; }
  const CatalogModel& model(ModelId id) const { return models_[id.value]; }
  /// The members' ids in the family file's order.
  std::span<const ModelId> members(FamilyId id) const { return members_[id.value]; }

  std::optional<FamilyId> find_family(std::string_view name) const;
  std::optional<ModelId> find_model(std::string_view name) const;

 private:
  Catalog() = default;
  std::vector<Family> families_;
  std::vector<CatalogModel> models_;
  std::vector<std::vector<ModelId>> members_;
};

}  // namespace cnnselect
