// What may stand next on a command line. The scripts of apps/cnnselect/completion ask the program
// itself at each press of the Tab key, so that what they offer is what this version reads.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

namespace cnnselect {

struct Completion {
  enum class Files { kNone, kAny, kFolders };
  struct Word {
    std::string text;
    std::string meaning;  ///< one line; may be empty
  };
  Files files = Files::kNone;  ///< what of the file system fits too; the shell looks for it
  std::vector<Word> words;     ///< each begins with what was typed
};

/// `typed`: the words behind the program's name up to the one that is being typed, which may be
/// empty. bash has "--policy=x" as three words, others as one; both are read. Pure.
Completion complete(const CLI::App& program, std::span<const std::string> typed);

/// As the scripts read it: "words", "files" or "folders" on the first line, then a line for each
/// word: the word, a tabulator, what it means.
std::string completion_lines(const Completion& completion);

/// Adds `cnnselect completion SHELL`, which prints the script for a shell.
CLI::App* add_completion_command(CLI::App& root, std::function<int()>& run);

}  // namespace cnnselect
