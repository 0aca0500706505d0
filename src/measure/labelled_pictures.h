// Pictures whose class is known, as a table names them. Values; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

struct LabelledPicture {
  std::filesystem::path file;
  std::size_t index = 0;  ///< its class
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
