// FamilyText: what a family file says, before the disk is looked at.
// A pure function and a value; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/family.h"

namespace cnnselect {

struct FamilyText {
  Family family;                 ///< no labels yet; a member's `file` is empty where none is stated
  std::filesystem::path labels;  ///< the file to read them from
  std::string labels_place;      ///< "source:3", for errors about it
  std::vector<std::string> member_places;  ///< as many as members: "source:12"
};

/// Checks all that the text alone can tell. Relative paths in it are taken from `base`; `source`
/// names the text in errors. Error kInvalidArgument: "source:line:column: ...", naming key, value
/// seen and value allowed.
Result<FamilyText> parse_family(std::string_view text, std::string_view source,
                                const std::filesystem::path& base);

}  // namespace cnnselect
