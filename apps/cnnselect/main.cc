// The program: one executable, one subcommand per job. Flags and wiring only; what is decided or
// measured lives under src/.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>

#include "classify_command.h"
#include "load_command.h"
#include "models_command.h"
#include "profile_command.h"
#include "serve_command.h"
#include "simulate_command.h"
#include "version.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "cnnselect: an inference server for families of neural networks, within each "
      "request's SLA"};
  app.set_version_flag("--version", CNNSELECT_VERSION " (" CNNSELECT_COMMIT ")");
  app.require_subcommand(1);
  std::function<int()> chosen;
  cnnselect::add_serve_command(app, chosen);
  cnnselect::add_classify_command(app, chosen);
  cnnselect::add_load_command(app, chosen);
  cnnselect::add_simulate_command(app, chosen);
  cnnselect::add_models_command(app, chosen);
  cnnselect::add_profile_command(app, chosen);
  CLI11_PARSE(app, argc, argv);
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    // Nothing below throws on purpose: this is memory running out, or a defect worth its words.
    std::fprintf(stderr, "cnnselect: %s\n", error.what());
    return 70;
  }
}
