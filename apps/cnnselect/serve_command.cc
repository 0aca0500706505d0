#include "serve_command.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX, not in <csignal>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/counted.h"
#include "base/log.h"
#include "base/open_files.h"
#include "base/service_manager.h"
#include "command_text.h"
#include "option_sources.h"
#include "serve_flags.h"
#include "server.h"
#include "trace/duration_text.h"

namespace cnnselect {
namespace {

int log_failure(const Error& error) {
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

void tell_service_manager(std::string_view message) {
  if (const Status told = notify_service_manager(std::getenv("NOTIFY_SOCKET"), message); !told) {
    spdlog::warn("{}", told.error().message);
  }
}

// While models load nothing has been promised, and what is written to disk may break off anywhere:
// a signal that ends the server ends it at once, as long as the thread returned is not asked to
// stop.
std::jthread end_at_once_on(sigset_t signals) {
  sigdelset(&signals, SIGHUP);
  return std::jthread([signals](const std::stop_token& loaded) {
    constexpr timespec kStep{.tv_sec = 0, .tv_nsec = 10'000'000};
    siginfo_t signal;
    while (!loaded.stop_requested()) {
      if (sigtimedwait(&signals, &signal, &kStep) < 0) continue;
      spdlog::info("{} while models load: stopped",
                   signal.si_signo == SIGTERM ? "SIGTERM" : "SIGINT");
      tell_service_manager(kServiceStopping);
      std::_Exit(0);
    }
  });
}

// A second signal ends the wait; SIGHUP is none that would.
void wait_for(sigset_t signals, Duration delay) {
  sigdelset(&signals, SIGHUP);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = (delay - seconds).count()};
  siginfo_t second;
  sigtimedwait(&signals, &second, &time);
}

// Every connection is an open file; too few of them are no reason not to serve.
void allow_many_connections() {
  if (const auto limit = raise_open_files_limit()) {
    spdlog::info("open files and connections: at most {}", *limit);
  } else {
    spdlog::warn("{}", limit.error().message);
  }
}

/// Everything that `serve` was told, and how to read it again.
struct Told {
  std::shared_ptr<CLI::App> command;
  std::shared_ptr<ServeFlags> flags;
  GivenOptions given;
};

/// The settings as command line, environment and file have them now.
Result<Told> read_again(const Told& told) {
  Told again{.command = std::make_shared<CLI::App>(),
             .flags = std::make_shared<ServeFlags>(),
             .given = told.given};
  add_serve_flags(*again.command, *again.flags);
  if (const Status same = give_options(*again.command, told.given); !same) {
    return std::unexpected(same.error());
  }
  again.flags->config = told.flags->config;
  const Status applied = apply_settings_file(*again.command, again.flags->config);
  if (!applied) return std::unexpected(applied.error());
  return again;
}

/// Takes over what has changed in the settings file and may change while the server runs.
void change_settings(Server& server, Told& told) {
  if (told.flags->config.empty()) return;
  constexpr std::array<std::string_view, 4> kWhileRunning{"policy", "threshold", "late",
                                                          "log_level"};
  auto again = read_again(told);
  const auto log = again ? log_settings_of(again->flags->log_level)
                         : Result<LogSettings>(std::unexpected(again.error()));
  const Status changed = log ? server.change(*again->flags) : std::unexpected(log.error());
  if (!changed) {
    return spdlog::warn("the settings stay as they were: {}", changed.error().message);
  }
  if (again->flags->log_level != told.flags->log_level) set_log_settings(*log);
  for (const std::string& key : different_options(*told.command, *again->command)) {
    if (std::ranges::find(kWhileRunning, key) != kWhileRunning.end()) {
      spdlog::info("setting '{}' was changed", key);
    } else {
      spdlog::warn("setting '{}' has changed in {}: that takes a restart", key, told.flags->config);
    }
  }
  told = *std::move(again);
}

int serve(Told told) {
  const ServeFlags flags = *told.flags;
  if (const Status logging = configure_log(flags.log_level); !logging) {
    std::fprintf(stderr, "cnnselect: %s\n", logging.error().message.c_str());
    return 2;
  }
  const auto grace = parse_duration(flags.grace);
  if (!grace) return log_failure(grace.error().within("--grace"));
  const auto delay = parse_duration(flags.shutdown_delay);
  if (!delay) return log_failure(delay.error().within("--shutdown-delay"));
  for (const std::string& name : unknown_variables(*told.command)) {
    spdlog::warn("the environment variable {} is none that `cnnselect serve` reads", name);
  }
  const sigset_t signals = block_signals();
  allow_many_connections();
  auto early_end = end_at_once_on(signals);
  auto server = Server::start(flags);
  early_end.request_stop();
  early_end.join();
  if (!server) return log_failure(server.error());

  if (flags.check) {
    const std::size_t warnings = (*server)->warnings();
    const Catalog& catalog = (*server)->catalog();
    fmt::print("{}: {}, {}; each ran one generated picture\n",
               warnings == 0 ? "all is well" : counted(warnings, "warning", "warnings"),
               counted(catalog.families().size(), "family", "families"),
               counted(catalog.models().size(), "model", "models"));
    return 0;
  }
  for (const Family& family : (*server)->catalog().families()) {
    spdlog::info("family '{}': {}, {}", family.name,
                 counted(family.members.size(), "model", "models"),
                 counted(family.labels.size(), "class", "classes"));
  }
  spdlog::info("models ready after {:.0f} ms", to_ms((*server)->load_time()));
  // On standard output and at once, so that a script can wait for it and read the ports.
  std::string lines;
  for (const std::string& url : (*server)->listens_on()) lines += "listening on " + url + "\n";
  std::fputs(lines.c_str(), stdout);
  std::fflush(stdout);
  tell_service_manager(kServiceReady);

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    change_settings(**server, told);
    (*server)->refresh();
  }
  tell_service_manager(kServiceStopping);
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
  add_examples(
      *command,
      {{"The family that comes with the program, on this machine only", "cnnselect serve"},
       {"Your models, for everybody, with what is learnt kept for the next start",
        "cnnselect serve --models /srv/models --http 0.0.0.0:8000 --store "
        "/var/lib/cnnselect/store.db"},
       {"Check settings and models, then end", "cnnselect serve --config serve.toml --check"}},
      "The environment can say the same: CNNSELECT_MAX_QUEUE=512 is --max-queue 512.");
  command->callback([flags, command, &run] {
    run = [flags, command] {
      // The command belongs to the whole command line, which outlives this.
      Told told{.command = std::shared_ptr<CLI::App>(command, [](CLI::App*) {}),
                .flags = flags,
                .given = given_options(*command)};
      if (const Status applied = apply_settings_file(*command, flags->config); !applied) {
        std::fprintf(stderr, "cnnselect: %s\n", applied.error().message.c_str());
        return 1;  // before there is a log
      }
      return serve(std::move(told));
    };
  });
  return command;
}

}  // namespace cnnselect
