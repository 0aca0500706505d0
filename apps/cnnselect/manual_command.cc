#include "manual_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "command_text.h"
#include "manual_page.h"
#include "report_error.h"
#include "version.h"

namespace cnnselect {
namespace {

struct ManualFlags {
  std::vector<std::string> command;
  std::string folder;
};

Status write_pages(const CLI::App& command, const std::filesystem::path& folder) {
  const auto file = folder / (manual_name(command) + ".1");
  std::ofstream out(file, std::ios::binary);
  out << manual_page(command, CNNSELECT_VERSION, CNNSELECT_DATE);
  if (!out.flush()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: cannot be written", file.string()));
  }
  for (const CLI::App* sub : commands_of(command)) {
    if (Status written = write_pages(*sub, folder); !written) return written;
  }
  return {};
}

int manual(const CLI::App& root, const ManualFlags& flags) {
  const CLI::App* command = &root;
  for (const std::string& word : flags.command) {
    const CLI::App* const sub = command_named(*command, word);
    if (sub == nullptr) {
      return report({ErrorCode::kNotFound,
                     fmt::format("man: there is no command '{} {}'", manual_name(*command), word)});
    }
    command = sub;
  }
  if (flags.folder.empty()) {
    fmt::print("{}", manual_page(*command, CNNSELECT_VERSION, CNNSELECT_DATE));
    return 0;
  }
  const Status written = write_pages(*command, flags.folder);
  return written ? 0 : report(written.error());
}

}  // namespace

CLI::App* add_manual_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<ManualFlags>();
  CLI::App* const command = root.add_subcommand("man", "Manual page of a command");
  command->add_option("command", flags->command, "Its words; absent: the program")
      ->type_name("COMMAND");
  command->add_option("--folder", flags->folder, "Write it and those of all commands below it here")
      ->type_name("FOLDER");
  add_examples(*command, {{"Read about serving", "cnnselect man serve | man -l -"},
                          {"Write all pages", "cnnselect man --folder /usr/local/share/man/man1"}});
  command->callback(
      [&root, flags, &run] { run = [&root, flags] { return manual(root, *flags); }; });
  return command;
}

}  // namespace cnnselect
