#include "serve_command.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX, not in <csignal>

#include <cstdio>
#include <memory>
#include <string>

#include "base/log.h"
#include "option_sources.h"
#include "serve_flags.h"
#include "server.h"
#include "trace/duration_text.h"

namespace cnnselect {
namespace {

int report(const Error& error) {
  spdlog::error("{}", error.message);
  return 1;
}

// They wait until serve() asks for them: every thread that starts after this inherits the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// A second signal ends the wait; SIGHUP is none that would.
void wait_for(sigset_t signals, Duration delay) {
  sigdelset(&signals, SIGHUP);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = (delay - seconds).count()};
  siginfo_t second;
  sigtimedwait(&signals, &second, &time);
}

int serve(const ServeFlags& flags) {
  if (const Status logging = configure_log(flags.log_level); !logging) {
    std::fprintf(stderr, "cnnselect: %s\n", logging.error().message.c_str());
    return 2;
  }
  const auto grace = parse_duration(flags.grace);
  if (!grace) return report(grace.error().within("--grace"));
  const auto delay = parse_duration(flags.shutdown_delay);
  if (!delay) return report(delay.error().within("--shutdown-delay"));
  const sigset_t signals = block_signals();
  auto server = Server::start(flags);
  if (!server) return report(server.error());

  if (flags.check) {
    fmt::print("all is well: {} families, {} models\n", (*server)->catalog().families().size(),
               (*server)->catalog().models().size());
    return 0;
  }
  for (const Family& family : (*server)->catalog().families()) {
    spdlog::info("family '{}': {} models, {} classes", family.name, family.members.size(),
                 family.labels.size());
  }
  spdlog::info("models ready after {:.0f} ms", to_ms((*server)->load_time()));
  // On standard output and at once, so that a script can wait for it and read the ports.
  std::string lines;
  for (const std::string& url : (*server)->listens_on()) lines += "listening on " + url + "\n";
  std::fputs(lines.c_str(), stdout);
  std::fflush(stdout);

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) (*server)->refresh();
  (*server)->not_ready();
  spdlog::info("{}: no longer ready", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  wait_for(signals, *delay);
  spdlog::info("finishing the requests under way");
  if (!(*server)->stop(*grace)) {
    spdlog::warn("some requests were not answered within {}", flags.grace);
    return 1;
  }
  spdlog::info("stopped");
  return 0;
}

}  // namespace

CLI::App* add_serve_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<ServeFlags>();
  CLI::App* command = root.add_subcommand("serve", "Serve the families of a model repository");
  add_serve_flags(*command, *flags);
  command->callback([flags, command, &run] {
    run = [flags, command] {
      if (const Status applied = apply_settings_file(*command, flags->config); !applied) {
        std::fprintf(stderr, "cnnselect: %s\n", applied.error().message.c_str());
        return 1;  // before there is a log
      }
      return serve(*flags);
    };
  });
  return command;
}

}  // namespace cnnselect
