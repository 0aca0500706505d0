// FigureFolder: a folder that charts are drawn into, by gnuplot (Debian package gnuplot-nox). Each
// chart becomes NAME.svg and NAME.png, and the script that draws both stays beside them as NAME.gp.
// No shell is involved and the user's own settings of gnuplot are not read. Any thread.
#pragma once

#include <filesystem>

#include "cnnselect/result.h"
#include "report/chart.h"

namespace cnnselect {

class FigureFolder {
 public:
  /// Makes the folder where it is not there, and looks whether gnuplot runs: what is missing is
  /// said before hours of simulation. Errors name the folder or the package.
  static Result<FigureFolder> open(std::filesystem::path folder);

  /// Writes over older files of the same name. Errors name the file, or what gnuplot said.
  Status draw(const Chart& chart) const;

 private:
  explicit FigureFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace cnnselect
