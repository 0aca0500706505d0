#include "completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>

#include "command_text.h"
#include "completion_scripts.h"
#include "select/registry.h"

namespace cnnselect {
namespace {

bool takes_value(const CLI::Option& option) { return option.get_type_size() != 0; }

const CLI::Option* option_named(const CLI::App& command, std::string_view name) {
  for (const CLI::Option* option : options_of(command)) {
    if (option->nonpositional() && option->check_name(std::string(name))) return option;
  }
  return nullptr;
}

std::vector<const CLI::Option*> arguments_of(const CLI::App& command) {
  auto options = options_of(command);
  std::erase_if(options, [](const CLI::Option* option) { return option->nonpositional(); });
  return options;
}

/// Where on the command line the last word is typed.
struct Place {
  const CLI::App* command;
  const CLI::Option* value_of = nullptr;  ///< the option before it, which wants a value
  std::size_t arguments = 0;              ///< of the command, before it
};

Place place_after(const CLI::App& program, std::span<const std::string> words) {
  Place place{.command = &program};
  for (const std::string& word : words) {
    if (word == "=") continue;
    if (place.value_of != nullptr) {
      place.value_of = nullptr;
    } else if (word.starts_with('-')) {
      const CLI::Option* const option = option_named(*place.command, word);
      if (option != nullptr && takes_value(*option)) place.value_of = option;
    } else if (const CLI::App* const sub = command_named(*place.command, word)) {
      place.command = sub;
    } else {
      ++place.arguments;
    }
  }
  return place;
}

void offer(Completion& completion, const std::string& word, std::string_view meaning,
           std::string_view typed) {
  if (!word.starts_with(typed)) return;
  completion.words.push_back({word, std::string(meaning.substr(0, meaning.find('\n')))});
}

bool names_a_kind(std::string_view part) {
  return std::ranges::any_of(part, [](unsigned char c) { return std::isupper(c) != 0; });
}

/// The values that the option's kind stands for (value_text).
Completion values_for(const CLI::Option& option, std::string_view typed) {
  Completion completion;
  std::string kinds = value_text(option);
  std::string earlier;  // of a list: "ontime," of "ontime,cn"
  if (option.get_delimiter() != '\0') {
    kinds = kinds.substr(0, kinds.find(option.get_delimiter()));
    earlier = typed.substr(0, typed.rfind(option.get_delimiter()) + 1);
  }
  while (!kinds.empty()) {
    const std::string part = kinds.substr(0, kinds.find('|'));
    kinds = part.size() == kinds.size() ? "" : kinds.substr(part.size() + 1);
    if (part == "POLICY") {
      for (const auto name : selector_names()) {
        offer(completion, earlier + std::string(name), "", typed);
      }
    } else if (part == "FILE") {
      completion.files = Completion::Files::kAny;
    } else if (part == "FOLDER") {
      completion.files = Completion::Files::kFolders;
    } else if (!names_a_kind(part)) {
      offer(completion, earlier + part, "", typed);
    }
  }
  return completion;
}

/// "--policy=on": the value, each offer with the option before it.
Completion values_behind_name(const CLI::App& command, std::string_view typed) {
  const auto value = typed.find('=') + 1;
  const CLI::Option* const option = option_named(command, typed.substr(0, value - 1));
  if (option == nullptr) return {};
  Completion completion = values_for(*option, typed.substr(value));
  completion.files = Completion::Files::kNone;  // shells look for no files behind a name
  for (auto& word : completion.words) word.text.insert(0, typed.substr(0, value));
  return completion;
}

Completion names_for(const CLI::App& command, std::string_view typed) {
  Completion completion;
  for (const CLI::Option* option : options_of(command)) {
    for (const std::string& name : option->get_lnames()) {
      offer(completion, "--" + name, option->get_description(), typed);
    }
  }
  return completion;
}

struct Script {
  std::string_view shell;
  std::string_view text;
};

constexpr Script kScripts[]{
    {"bash", kBashCompletion}, {"zsh", kZshCompletion}, {"fish", kFishCompletion}};

}  // namespace

Completion complete(const CLI::App& program, std::span<const std::string> typed) {
  if (typed.empty()) return {};
  const Place place = place_after(program, typed.first(typed.size() - 1));
  const std::string_view word = typed.back() == "=" ? "" : std::string_view(typed.back());
  if (place.value_of != nullptr) return values_for(*place.value_of, word);
  if (word.starts_with("--") && word.contains('=')) {
    return values_behind_name(*place.command, word);
  }
  if (word.starts_with('-')) return names_for(*place.command, word);
  Completion completion;
  for (const CLI::App* sub : commands_of(*place.command)) {
    offer(completion, sub->get_name(), sub->get_description(), word);
  }
  const auto arguments = arguments_of(*place.command);
  if (arguments.empty())
    return word.empty() && completion.words.empty() ? names_for(*place.command, word) : completion;
  // A last argument may be there several times.
  return values_for(*arguments[std::min(place.arguments, arguments.size() - 1)], word);
}

std::string completion_lines(const Completion& completion) {
  std::string lines = "words\n";
  if (completion.files == Completion::Files::kAny) lines = "files\n";
  if (completion.files == Completion::Files::kFolders) lines = "folders\n";
  for (const auto& [text, meaning] : completion.words) {
    lines += fmt::format("{}\t{}\n", text, meaning);
  }
  return lines;
}

CLI::App* add_completion_command(CLI::App& root, std::function<int()>& run) {
  CLI::App* const command =
      root.add_subcommand("completion", "Completion of commands and options for a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "Which shell")
      ->type_name("bash|zsh|fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  add_examples(*command,
               {{"In this bash, until it ends", "source <(cnnselect completion bash)"},
                {"In every fish of yours",
                 "cnnselect completion fish >~/.config/fish/completions/cnnselect.fish"}},
               "The package installs all three.");
  command->callback([shell, &run] {
    run = [shell] {
      fmt::print("{}", std::ranges::find(kScripts, *shell, &Script::shell)->text);
      return 0;
    };
  });
  return command;
}

}  // namespace cnnselect
