// Table: aligned columns for the console. Pure: it makes text, the caller prints it.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace cnnselect {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kRight;
    /// In code points, at least the title's: longer cells lose their end, which "…" stands for.
    std::size_t widest = std::numeric_limits<std::size_t>::max();
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns; UTF-8.
  void add(std::vector<std::string> cells);

  /// Title line, a rule, then the rows; every line ends with '\n', none with a space.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cnnselect
