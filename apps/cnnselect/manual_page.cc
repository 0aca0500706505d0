#include "manual_page.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>
#include <vector>

#include "base/text.h"
#include "command_text.h"

namespace cnnselect {
namespace {

/// The command's words, the program's name first.
std::vector<const CLI::App*> path_of(const CLI::App& command) {
  std::vector<const CLI::App*> path;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    path.insert(path.begin(), app);
  }
  return path;
}

std::string words_of_path(const CLI::App& command, std::string_view between) {
  std::string words;
  for (const CLI::App* app : path_of(command)) {
    if (!words.empty()) words += between;
    words += app->get_name();
  }
  return words;
}

/// As it stands, where man(7) would read signs of its own. A line break becomes one.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\n') {
      out += "\n.br\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escaped(text) + "\\fR"; }

std::string heading(std::string_view text) {
  std::string capitals;
  for (const char c : text) {
    capitals += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return fmt::format(".SH {}\n", capitals);
}

std::string entry_of(const CLI::Option& option) {
  const std::string value = option.get_positional() ? "" : value_text(option);
  return fmt::format(".TP\n{}{}\n{}\n", bold(names_text(option)),
                     value.empty() ? "" : " " + italic(value), escaped(meaning_text(option)));
}

/// The words that call it, as --help has them behind "Usage:".
std::string synopsis(const CLI::App& command) {
  std::string text = bold(words_of_path(command, " ")) + " [" + italic("OPTIONS") + "]";
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      text += " " + italic(names_text(*option) + (option->get_expected_max() > 1 ? "..." : ""));
    }
  }
  if (!commands_of(command).empty()) text += " " + italic("COMMAND");
  return text + "\n";
}

std::string reference(const CLI::App& command) { return bold(manual_name(command)) + "(1)"; }

std::string options(const CLI::App& command) {
  std::string text = heading("Options");
  const auto sections = sections_of(command);
  for (const OptionSection& section : sections) {
    if (sections.size() > 1) text += fmt::format(".SS {}\n", escaped(section.title));
    for (const CLI::Option* option : section.options) text += entry_of(*option);
  }
  return text;
}

std::string commands(const CLI::App& command) {
  const auto below = commands_of(command);
  if (below.empty()) return "";
  std::string text = heading("Commands");
  for (const CLI::App* sub : below) {
    text += fmt::format(".TP\n{}\n{}\n", reference(*sub), escaped(sub->get_description()));
  }
  return text;
}

/// What add_examples() wrote: purposes, below each the lines to type, then notes behind an empty
/// line.
std::string examples(const CLI::App& command) {
  std::istringstream footer(command.get_footer());
  std::string text = heading("Examples");
  std::string line;
  std::getline(footer, line);  // its own heading
  bool typed = true;
  while (std::getline(footer, line) && !line.empty()) {
    const bool was_typed = std::exchange(typed, line.starts_with("    "));
    if (typed && !was_typed) text += ".EX\n";
    if (!typed && was_typed && !text.ends_with(heading("Examples"))) text += ".EE\n.PP\n";
    text += escaped(std::string_view(line).substr(2)) + "\n";
  }
  text += ".EE\n";
  std::string notes;
  while (std::getline(footer, line)) notes += escaped(line) + "\n";
  return notes.empty() ? text : text + heading("Notes") + notes;
}

std::string see_also(const CLI::App& command) {
  const CLI::App* const above = command.get_parent();
  if (above == nullptr) return "";
  std::string text = heading("See also") + reference(*above);
  for (const CLI::App* sibling : commands_of(*above)) {
    if (sibling != &command) text += ",\n" + reference(*sibling);
  }
  return text + "\n";
}

}  // namespace

std::string manual_name(const CLI::App& command) { return words_of_path(command, "-"); }

std::string manual_page(const CLI::App& command, std::string_view version, std::string_view date) {
  const std::string name = manual_name(command);
  std::string text = fmt::format(".TH {} 1 \"{}\" \"cnnselect {}\" \"cnnselect manual\"\n",
                                 escaped(name), date, version);
  text += heading("Name") + escaped(name) + " \\- " + escaped(command.get_description()) + "\n";
  text += heading("Synopsis") + synopsis(command);
  text += commands(command) + options(command) + examples(command);
  text += heading("Exit status") +
          ".TP\n0\nDone.\n.TP\n1\nIt failed.\n.TP\n2\nThe command line could not be understood.\n";
  return text + see_also(command);
}

}  // namespace cnnselect
