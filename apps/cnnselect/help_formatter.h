// HelpFormatter: --help on lines of at most 100 columns, whatever the length of the texts.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace cnnselect {

class HelpFormatter : public CLI::Formatter {
 public:
  /// `name`: all words of the command, the program's first.
  std::string make_help(const CLI::App* command, std::string name,
                        CLI::AppFormatMode mode) const override;
};

}  // namespace cnnselect
