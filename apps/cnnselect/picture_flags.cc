#include "picture_flags.h"

#include "measure/labelled_folders.h"

namespace cnnselect {

void add_picture_flags(CLI::App& command, PictureFlags& flags) {
  command.add_option("--images", flags.images, "Where the pictures are")
      ->type_name("FOLDER")
      ->required();
  command
      .add_option("--labels", flags.labels,
                  "Table with a file name and a class index per line, tabs between; absent: each "
                  "class has a folder in --images, named by its label or index")
      ->type_name("FILE");
}

Result<std::vector<LabelledPicture>> read_pictures(const PictureFlags& flags,
                                                   std::span<const std::string> labels) {
  if (flags.labels.empty()) return read_labelled_folders(flags.images, labels);
  return read_labelled_pictures(flags.labels, flags.images,
                                labels.empty() ? kNoIndex : labels.size());
}

}  // namespace cnnselect
