// The program: one executable, one subcommand per job. Flags and wiring only; what is decided or
// measured lives under src/.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classify_command.h"
#include "command_line_error.h"
#include "command_text.h"
#include "completion.h"
#include "help_formatter.h"
#include "load_command.h"
#include "manual_command.h"
#include "models_command.h"
#include "profile_command.h"
#include "serve_command.h"
#include "simulate_command.h"
#include "version.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{"An inference server for families of neural networks, within each request's SLA"};
  app.set_version_flag("--version", CNNSELECT_VERSION " (" CNNSELECT_COMMIT ")",
                       "Say version and commit, and end");
  app.name("cnnselect");
  app.set_help_flag("-h,--help", "Say this, and end");
  const auto formatter = std::make_shared<cnnselect::HelpFormatter>();
  formatter->label("SUBCOMMAND", "COMMAND");
  app.formatter(formatter);  // the commands below inherit both
  app.require_subcommand(1);
  std::function<int()> chosen;
  cnnselect::add_serve_command(app, chosen);
  cnnselect::add_classify_command(app, chosen);
  cnnselect::add_load_command(app, chosen);
  cnnselect::add_simulate_command(app, chosen);
  cnnselect::add_models_command(app, chosen);
  cnnselect::add_profile_command(app, chosen);
  cnnselect::add_completion_command(app, chosen);
  cnnselect::add_manual_command(app, chosen);
  cnnselect::add_examples(
      app, {{"Serve the family that comes with the program", "cnnselect serve"},
            {"Ask that server about a photo", "cnnselect classify photo.jpg --sla 200ms"},
            {"What a command can do", "cnnselect simulate --help"}});
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "complete") {  // asked by a shell, not by people
    const auto typed = std::span(arguments).subspan(1);
    std::fputs(cnnselect::completion_lines(cnnselect::complete(app, typed)).c_str(), stdout);
    return 0;
  }
  if (!arguments.empty() && arguments.front() == "help") {  // "help X" is "X --help"
    arguments.erase(arguments.begin());
    const auto named = [&](const CLI::App* command) {
      return command->get_name() == arguments.front();
    };
    if (arguments.empty() || !app.get_subcommands(named).empty()) {
      arguments.emplace_back("--help");
    }
  }
  try {
    // The library takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (cnnselect::asks_for_help(error, app, arguments)) return app.exit(error);
    std::fputs(cnnselect::explain(error, app, arguments).c_str(), stderr);
    return 2;
  }
  return chosen();
}

/// SIGHUP asks a server to reload. Until it listens for that, the signal must not end it.
void hold_reloads() {
  sigset_t reload;
  sigemptyset(&reload);
  sigaddset(&reload, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &reload, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "serve") hold_reloads();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    // Nothing below throws on purpose: this is memory running out, or a defect worth its words.
    std::fprintf(stderr, "cnnselect: %s\n", error.what());
    return 1;
  }
}
