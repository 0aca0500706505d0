// Pictures whose class is known, as a table names them. Values; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

inline constexpr std::size_t kNoIndex = std::numeric_limits<std::size_t>::max();

/// Its class by index, by label, or both.
struct LabelledPicture {
  std::filesystem::path file;
  std::size_t index = 0;  ///< kNoIndex: not known
  std::string label;      ///< empty: not known
  /// Whether this class is its own: one of the two that are known fits.
  bool is(std::size_t other_index, const std::string& other_label) const {
    return other_index == index || (!label.empty() && other_label == label);
  }
  friend bool operator==(const LabelledPicture&, const LabelledPicture&) = default;
};

/// Reads a table with tabs between the columns: file name (relative to `folder`), class index below
/// `classes`, and anything after that. A first line whose second column is no number is a header;
/// empty lines are skipped. Errors name file and line: kNotFound (the table or a picture),
/// kInvalidArgument (everything else, an empty table included).
Result<std::vector<LabelledPicture>> read_labelled_pictures(const std::filesystem::path& table,
                                                            const std::filesystem::path& folder,
                                                            std::size_t classes);

}  // namespace cnnselect
