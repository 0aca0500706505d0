#include "command_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cnnselect {
namespace {

void add_to_section(std::vector<OptionSection>& sections, const std::string& title,
                    const CLI::Option& option) {
  const auto same = std::ranges::find(sections, title, &OptionSection::title);
  if (same == sections.end()) {
    sections.push_back({.title = title, .options = {&option}});
  } else {
    same->options.push_back(&option);
  }
}

/// Options of which a command wants so many, as the library keeps them.
std::vector<const CLI::App*> option_groups_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); });
}

constexpr std::string_view kRange = " in [";

/// "UINT:INT in [1 - 256]", of the library, as "1 to 256"; empty: anything goes.
std::string range_text(const std::string& type) {
  const auto from = type.find(kRange);
  if (from == std::string::npos) return "";
  const std::string range =
      type.substr(from + kRange.size(), type.rfind(']') - from - kRange.size());
  const auto dash = range.find(" - ");
  return range.substr(0, dash) + " to " + range.substr(dash + 3);
}

/// The same as "UINT".
std::string kind_text(const std::string& type) {
  const auto range = type.find(kRange);
  return range == std::string::npos ? type : type.substr(0, type.rfind(':', range));
}

/// Of a list without its brackets, and so that it can be broken into lines.
std::string default_text(const CLI::Option& option) {
  std::string text = option.get_default_str();
  if (!text.starts_with('[') || !text.ends_with(']')) return text;
  text = text.substr(1, text.size() - 2);
  for (auto comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1)) {
    text.insert(comma + 1, " ");
  }
  return text;
}

}  // namespace

std::vector<OptionSection> sections_of(const CLI::App& command) {
  std::vector<OptionSection> sections;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) add_to_section(sections, "Arguments", *option);
  }
  for (const CLI::Option* option : command.get_options()) {
    if (option->nonpositional()) add_to_section(sections, option->get_group(), *option);
  }
  for (const CLI::App* group : option_groups_of(command)) {
    for (const CLI::Option* option : group->get_options()) {
      if (option == group->get_help_ptr()) continue;  // the command has its own
      add_to_section(sections, group->get_description(), *option);
    }
  }
  return sections;
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options;
  for (const OptionSection& section : sections_of(command)) {
    options.insert(options.end(), section.options.begin(), section.options.end());
  }
  return options;
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  return command.get_subcommands(
      [](const CLI::App* sub) { return !sub->get_name().empty() && !sub->get_group().empty(); });
}

const CLI::App* command_named(const CLI::App& command, std::string_view name) {
  for (const CLI::App* sub : commands_of(command)) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

std::string names_text(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string value_text(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  const std::string type = kind_text(option.get_type_name());
  if (type == "INT" || type == "UINT") return "N";
  if (type == "FLOAT") return "X";
  return option.get_delimiter() == '\0' ? type : type + ",...";
}

std::string notes_text(const CLI::Option& option) {
  std::vector<std::string> notes;
  for (const CLI::Option* other : option.get_needs()) notes.push_back("with " + names_text(*other));
  if (std::string range = range_text(option.get_type_name()); !range.empty())
    notes.push_back(std::move(range));
  if (const std::string usual = default_text(option); !usual.empty()) {
    notes.push_back("default: " + usual);
  }
  if (option.get_required()) notes.emplace_back("required");
  return fmt::format("{}", fmt::join(notes, "; "));
}

std::string meaning_text(const CLI::Option& option) {
  const std::string notes = notes_text(option);
  return notes.empty() ? option.get_description()
                       : fmt::format("{} ({})", option.get_description(), notes);
}

void add_examples(CLI::App& command, const std::vector<CommandExample>& examples,
                  std::string_view more) {
  std::string text = examples.size() == 1 ? "Example:" : "Examples:";
  for (const CommandExample& example : examples) {
    text += fmt::format("\n  {}:\n    {}", example.purpose, example.line);
  }
  if (!more.empty()) text += fmt::format("\n\n{}", more);
  command.footer(text);
}

}  // namespace cnnselect
