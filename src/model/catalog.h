// Catalog: every family and model of a repository folder, with their ids. A value, fixed once made.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
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
  /// broken file, one name used twice among all families and models (they share the namespace of
  /// the Open Inference Protocol).
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
  /// Lets a string_view look a name up without making a string of it.
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>{}(name);
    }
  };
  template <class Id>
  using IdsByName = std::unordered_map<std::string, Id, NameHash, std::equal_to<>>;

  Catalog() = default;
  std::vector<Family> families_;
  std::vector<CatalogModel> models_;
  std::vector<std::vector<ModelId>> members_;
  IdsByName<FamilyId> family_ids_;
  IdsByName<ModelId> model_ids_;
};

}  // namespace cnnselect
