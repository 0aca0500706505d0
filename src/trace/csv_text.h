// Lines and numbers of the plain CSV files that traces come in: no quoting, one header line. Pure.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"

namespace cnnselect {

/// The whole file. Error kNotFound.
Result<std::string> read_csv_file(const std::filesystem::path& file);

/// The cells of every line after the header; blank lines and those that begin with '#' are skipped,
/// "\r\n" is a line end too.
struct CsvRows {
  std::vector<std::string> columns;  ///< the header's
  struct Row {
    int line;  ///< in the file, from 1
    std::vector<std::string_view> cells;
  };
  std::vector<Row> rows;
};

/// Every row must have as many cells as the header; `columns` must all be there, in any order.
/// `name` is what errors call the file. The result points into `text`.
Result<CsvRows> parse_csv(std::string_view text, std::string_view name,
                          const std::vector<std::string>& columns);

/// A finite number in [low, high]; nothing for an empty cell.
Result<std::optional<double>> parse_cell(std::string_view cell, std::string_view name, int line,
                                         std::string_view column, double low, double high);

}  // namespace cnnselect
