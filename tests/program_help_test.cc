// What --help says, of each command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/program.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

using Words = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string help_of(Words command) {
  command.emplace_back("--help");
  const Finished told = run(command);
  EXPECT_EQ(told.status, 0) << told.errors;
  return told.output;
}

/// The names below "Commands:".
std::vector<std::string> commands_in(const std::string& help) {
  std::vector<std::string> names;
  bool inside = false;
  for (const std::string& line : lines_of(help)) {
    if (inside && line.starts_with("  ") && line[2] != ' ') {
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    inside = line == "Commands:" || (inside && !line.empty());
  }
  return names;
}

void add_with_all_below(const Words& command, std::vector<Words>& all) {
  all.push_back(command);
  for (const std::string& name : commands_in(help_of(command))) {
    Words below = command;
    below.push_back(name);
    add_with_all_below(below, all);
  }
}

/// Every command of the program, the program itself first.
std::vector<Words> all_commands() {
  std::vector<Words> all;
  add_with_all_below({}, all);
  return all;
}

/// The words of a text that begin with "--" or "-x", without what follows.
std::set<std::string> options_in(const std::string& text) {
  std::set<std::string> options;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.starts_with("-") && word.size() > 1) options.insert(word.substr(0, word.find(',')));
  }
  return options;
}

/// "profile show" of "    cnnselect profile show store.db".
Words command_in(const std::string& line, const std::vector<Words>& commands) {
  std::istringstream words(line.substr(line.find("cnnselect ") + 10));
  Words command;
  for (std::string word; words >> word;) {
    Words below = command;
    below.push_back(word);
    if (std::ranges::find(commands, below) == commands.end()) break;
    command = below;
  }
  return command;
}

TEST(ProgramHelp, EveryCommandHasExamplesAndExitStatusesOnAHundredColumns) {
  const auto commands = all_commands();
  EXPECT_THAT(commands, AllOf(Contains(Words{"serve"}), Contains(Words{"profile", "reset"})));
  for (const Words& command : commands) {
    const std::string help = help_of(command);
    SCOPED_TRACE(testing::PrintToString(command));
    EXPECT_THAT(help, AllOf(HasSubstr("Usage: cnnselect"), HasSubstr("\nExample"),
                            HasSubstr("\nExit status: 0 "), HasSubstr("; 1 "), HasSubstr("; 2 ")));
    for (const std::string& line : lines_of(help)) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(ProgramHelp, ExamplesNameCommandsAndOptionsThatExist) {
  const auto commands = all_commands();
  int examples = 0;
  for (const Words& command : commands) {
    const std::string help = help_of(command);
    const auto example = help.find("\nExample");
    ASSERT_NE(example, std::string::npos) << testing::PrintToString(command);
    Words shown;  // the command of the example that is read
    for (const std::string& line : lines_of(help.substr(example))) {
      if (line.starts_with("    cnnselect ")) {
        shown = command_in(line, commands);
        ++examples;
      }
      if (!line.starts_with("    ")) continue;
      const auto known = options_in(help_of(shown));
      for (const std::string& option : options_in(line)) {
        EXPECT_THAT(known, Contains(option)) << testing::PrintToString(shown);
      }
    }
  }
  EXPECT_GE(examples, static_cast<int>(commands.size()));
}

TEST(ProgramHelp, ManyOptionsStandInGroups) {
  for (const Words& command : all_commands()) {
    std::size_t in_group = 0;
    for (const std::string& line : lines_of(help_of(command))) {
      if (line.empty()) in_group = 0;
      if (line.starts_with("  -")) ++in_group;
      EXPECT_LE(in_group, 9U) << testing::PrintToString(command) << line;
    }
  }
}

TEST(ProgramHelp, SaysWhatAnOptionTakesAndItsDefault) {
  const auto lines = lines_of(help_of({"serve"}));
  EXPECT_THAT(lines, Contains("  --late last|answer|reject|device"));
  EXPECT_THAT(lines, Contains(testing::MatchesRegex("  --log-rows N .*1 to 1000000000; default: "
                                                    "1000000\\)")));
  EXPECT_THAT(help_of({"profile", "reset"}), HasSubstr("\nOne of these:\n  --model MODEL "));
}

}  // namespace
}  // namespace cnnselect
