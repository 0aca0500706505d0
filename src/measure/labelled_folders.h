// Pictures whose class is the name of the folder they lie in. Values; any thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cnnselect/result.h"
#include "measure/labelled_pictures.h"

namespace cnnselect {

/// The JPEG, PNG and WebP files (by their names) in the folders of `folder`, in name order. A
/// folder is named by its class's label or by its index: a name that is a label counts as that.
/// Hidden folders and files are skipped. `labels` of the family; empty: not known here, and any
/// name may be a label. Errors: kNotFound (the folder), kInvalidArgument (a name that is neither,
/// with the nearest label; no pictures at all).
Result<std::vector<LabelledPicture>> read_labelled_folders(const std::filesystem::path& folder,
                                                           std::span<const std::string> labels);

}  // namespace cnnselect
