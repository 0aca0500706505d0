// Which pictures a command takes, and where it is told what they show.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "measure/labelled_pictures.h"

namespace cnnselect {

/// As typed.
struct PictureFlags {
  std::string images;
  std::string labels;  ///< empty: each class has a folder
};

/// Declares them on `command`; both outlive the parsing.
void add_picture_flags(CLI::App& command, PictureFlags& flags);

/// `labels`: those of the family; empty where only the server knows them. Errors: those of
/// read_labelled_folders() and read_labelled_pictures().
Result<std::vector<LabelledPicture>> read_pictures(const PictureFlags& flags,
                                                   std::span<const std::string> labels);

}  // namespace cnnselect
