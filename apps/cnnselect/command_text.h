// What the program's commands and options say of themselves, from the one place where they are
// declared: read by --help, by the manual pages and by the completion of shells. Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cnnselect {

/// Options under one heading, in the order in which they were added.
struct OptionSection {
  std::string title;
  std::vector<const CLI::Option*> options;
};

/// "Arguments" first if there are any, then each group of options.
std::vector<OptionSection> sections_of(const CLI::App& command);

/// Every option of a command, those without a dash included.
std::vector<const CLI::Option*> options_of(const CLI::App& command);

/// The commands below a command, but for those of no group: the program starts these itself.
std::vector<const CLI::App*> commands_of(const CLI::App& command);
/// The one of that name; null: there is none.
const CLI::App* command_named(const CLI::App& command, std::string_view name);

/// "-o, --output", or an argument's name.
std::string names_text(const CLI::Option& option);

/// What the option takes: "FILE", "on|off"; empty: nothing. Words in capitals name a kind, others
/// are values as they are typed.
std::string value_text(const CLI::Option& option);

/// What else there is to know: "1 to 256; default: 2"; often empty.
std::string notes_text(const CLI::Option& option);

/// What it does, notes included.
std::string meaning_text(const CLI::Option& option);

/// An example of a command: what for, and what to type.
struct CommandExample {
  std::string_view purpose;
  std::string_view line;
};

/// Shown at the end of the command's help, in their own section. `more`: said after them.
void add_examples(CLI::App& command, const std::vector<CommandExample>& examples,
                  std::string_view more = {});

/// How every command ends.
inline constexpr std::string_view kExitStatus =
    "Exit status: 0 done; 1 it failed; 2 the command line could not be understood.";

}  // namespace cnnselect
