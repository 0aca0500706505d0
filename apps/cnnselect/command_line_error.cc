#include "command_line_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "command_text.h"

namespace cnnselect {
namespace {

/// The program and the commands that were named, from the outside in.
std::vector<const CLI::App*> named_commands(const CLI::App& app) {
  std::vector<const CLI::App*> named{&app};
  while (!named.back()->get_subcommands().empty()) {
    named.push_back(named.back()->get_subcommands().front());
  }
  return named;
}

std::vector<std::string> words_of(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::Option* option : options_of(command)) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (const CLI::App* sub : commands_of(command)) words.push_back(sub->get_name());
  return words;
}

/// "--polcy" of "--polcy=ontime".
std::string_view name_of(std::string_view argument) {
  return argument.substr(0, argument.find('='));
}

/// The first argument that the command does not know, of its options or of its commands; empty:
/// all are known.
std::string_view unknown_word(std::span<const std::string> arguments,
                              std::span<const std::string> known, bool options) {
  for (const std::string& argument : arguments) {
    const std::string_view name = name_of(argument);
    if (name.starts_with("-") != options || (options && !name.starts_with("--"))) continue;
    if (std::ranges::find(known, name) == known.end()) return name;
  }
  return {};
}

/// The same, of the arguments behind the commands that were named, for the last of these.
std::string_view unknown_behind(std::span<const CLI::App* const> named,
                                std::span<const std::string> arguments, bool options) {
  return unknown_word(arguments.subspan(std::min(named.size() - 1, arguments.size())),
                      words_of(*named.back()), options);
}

/// How many letters must be added, taken away, changed or swapped with a neighbour to make `b` of
/// `a`.
std::size_t edits_between(std::string_view a, std::string_view b) {
  // Rows of the table of distances between beginnings: two back, one back, this one.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

/// The word of `known` that `word` was probably meant to be; empty if none is near.
std::string nearest(std::string_view word, std::span<const std::string> known) {
  std::string best;
  std::size_t fewest = std::max<std::size_t>(word.size() / 3, 1) + 1;  // more is another word
  for (const std::string& candidate : known) {
    const std::size_t edits = edits_between(word, candidate);
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

}  // namespace

std::string explain(const CLI::ParseError& error, const CLI::App& app,
                    std::span<const std::string> arguments) {
  const auto named = named_commands(app);
  std::string name = "cnnselect";
  for (const CLI::App* command : std::span(named).subspan(1)) name += " " + command->get_name();
  const bool wants_command = !commands_of(*named.back()).empty();
  std::string text = fmt::format("{}: {}\n", name, error.what());
  const auto unknown = unknown_behind(named, arguments, !wants_command);
  if (!unknown.empty()) {
    const std::string meant = nearest(unknown, words_of(*named.back()));
    text = fmt::format("{}: there is no {} '{}'\n", name, wants_command ? "command" : "option",
                       unknown);
    if (!meant.empty()) text += fmt::format("Did you mean '{}'?\n", meant);
  }
  return text + fmt::format("See: {} --help\n", name);
}

bool asks_for_help(const CLI::ParseError& error, const CLI::App& app,
                   std::span<const std::string> arguments) {
  if (error.get_exit_code() != 0) return false;
  const auto named = named_commands(app);
  if (commands_of(*named.back()).empty()) return true;
  return unknown_behind(named, arguments, false).empty();
}

}  // namespace cnnselect
