#include "help_formatter.h"

#include <fmt/format.h>

#include <string_view>

#include "command_text.h"
#include "report/wrapped_text.h"

namespace cnnselect {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kNameColumns = 30;

std::string paragraph(std::string_view text) {
  std::string lines;
  for (const std::string& line : wrapped(text, kColumns)) lines += line + '\n';
  return lines;
}

/// A name, and beside it what it means; below it where the name is long.
std::string entry(const std::string& name, std::string_view meaning) {
  std::string text = "  " + name;
  bool beside = text.size() + 2 <= kNameColumns;
  for (const std::string& line : wrapped(meaning, kColumns - kNameColumns)) {
    text += beside ? std::string(kNameColumns - text.size(), ' ')
                   : "\n" + std::string(kNameColumns, ' ');
    text += line;
    beside = false;
  }
  return text + '\n';
}

std::string entry(const CLI::Option& option) {
  const std::string value = option.get_positional() ? "" : value_text(option);
  return entry(names_text(option) + (value.empty() ? "" : " " + value), meaning_text(option));
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* command, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = paragraph(command->get_description()) + '\n' + make_usage(command, name);
  for (const OptionSection& section : sections_of(*command)) {
    text += '\n' + section.title + ":\n";
    for (const CLI::Option* option : section.options) text += entry(*option);
  }
  const auto commands = commands_of(*command);
  if (!commands.empty()) text += "\nCommands:\n";
  for (const CLI::App* sub : commands) text += entry(sub->get_name(), sub->get_description());
  if (!command->get_footer().empty()) text += '\n' + command->get_footer() + '\n';
  return text + '\n' + paragraph(kExitStatus);
}

}  // namespace cnnselect
