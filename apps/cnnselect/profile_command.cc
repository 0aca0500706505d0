#include "profile_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_text.h"
#include "model/profile_table.h"
#include "report/table.h"
#include "report_error.h"
#include "store/profile_store.h"
#include "store/request_store.h"

namespace cnnselect {
namespace {

struct ProfileFlags {
  std::string store;
  std::optional<std::string> model;
  std::string output;
  bool all = false;
  bool requests = false;
};

std::string machine_and_runtime(const ProfileKey& key) { return key.machine + ", " + key.runtime; }

int show(const ProfileFlags& flags) {
  auto store = ProfileStore::open(flags.store, Database::Mode::kReadOnly);
  if (!store) return report(store.error());
  const auto profiles = store->all();
  if (!profiles) return report(profiles.error());
  Table table({{"model", Table::Align::kLeft},
               {"file", Table::Align::kLeft},
               {"top-1"},
               {"runs"},
               {"mean ms"},
               {"+-"},
               {"cold ms"},
               {"until (UTC)", Table::Align::kLeft},
               {"on", Table::Align::kLeft}});
  for (const StoredProfile& profile : *profiles) {
    table.add({profile.key.model, profile.key.digest.substr(0, 8),
               profile.top1 > 0 ? fmt::format("{:.3f}", profile.top1) : "-",
               std::to_string(profile.samples), fmt::format("{:.3f}", to_ms(profile.mean)),
               fmt::format("{:.3f}", to_ms(profile.deviation)),
               profile.cold_start ? fmt::format("{:.1f}", to_ms(*profile.cold_start)) : "-",
               profile.updated, machine_and_runtime(profile.key)});
  }
  fmt::print("{}", table.text());
  return 0;
}

int export_requests(const ProfileFlags& flags) {
  auto store = RequestStore::open(flags.store, Database::Mode::kReadOnly);
  if (!store) return report(store.error());
  std::ofstream file;
  if (!flags.output.empty()) file.open(flags.output, std::ios::binary);
  std::ostream& out = flags.output.empty() ? std::cout : file;
  if (const Status written = store->write_csv(out); !written) return report(written.error());
  if (out.flush()) return 0;
  return report({ErrorCode::kInternal, fmt::format("{}: cannot be written", flags.output)});
}

/// As a profile table, which `simulate --profile` reads: one row a model, the latest.
int export_table(const ProfileFlags& flags) {
  if (flags.requests) return export_requests(flags);
  auto store = ProfileStore::open(flags.store, Database::Mode::kReadOnly);
  if (!store) return report(store.error());
  const auto profiles = store->latest();
  if (!profiles) return report(profiles.error());
  std::vector<ProfileRow> rows(profiles->size());
  std::ranges::transform(*profiles, rows.begin(), row_of);
  if (flags.output.empty()) {
    fmt::print("{}", print_profile_table(rows));
    return 0;
  }
  const Status written = write_profile_table(flags.output, rows);
  return written ? 0 : report(written.error());
}

int reset_requests(const ProfileFlags& flags) {
  auto store = RequestStore::open(flags.store, Database::Mode::kReadWrite);
  if (!store) return report(store.error());
  const auto cleared = store->clear();
  if (!cleared) return report(cleared.error());
  fmt::print("{} logged requests removed\n", *cleared);
  return 0;
}

int reset(const ProfileFlags& flags) {
  if (flags.requests) return reset_requests(flags);
  auto store = ProfileStore::open(flags.store, Database::Mode::kReadWrite);
  if (!store) return report(store.error());
  const auto forgotten = store->forget(flags.model);
  if (!forgotten) return report(forgotten.error());
  if (*forgotten == 0 && flags.model) {
    return report(
        {ErrorCode::kNotFound, fmt::format("{}: no model '{}'", flags.store, *flags.model)});
  }
  fmt::print("{} profiles forgotten\n", *forgotten);
  return 0;
}

}  // namespace

CLI::App* add_profile_command(CLI::App& root, std::function<int()>& run) {
  CLI::App* command = root.add_subcommand("profile", "What a server has learnt of its models");
  command->require_subcommand(1);
  auto flags = std::make_shared<ProfileFlags>();
  const auto add = [&](const char* name, const char* what, int (*job)(const ProfileFlags&)) {
    CLI::App* const sub = command->add_subcommand(name, what);
    sub->add_option("store", flags->store, "The file that `serve --store` names")
        ->type_name("FILE")
        ->required();
    sub->callback([flags, job, &run] { run = [flags, job] { return job(*flags); }; });
    return sub;
  };
  CLI::App* const shown = add("show", "All profiles, for eyes", show);
  add_examples(*shown, {{"What a server has learnt", "cnnselect profile show store.db"}});
  CLI::App* const table =
      add("export", "The latest profile of each model, as a profile table (CSV)", export_table);
  table->add_option("-o,--output", flags->output, "File to write; else standard output")
      ->type_name("FILE");
  table->add_flag("--requests", flags->requests, "Instead the log of requests, a row each");
  add_examples(*table, {{"What was learnt, for simulate --profile",
                         "cnnselect profile export store.db -o profile.csv"},
                        {"What was decided of each request, with serve --log-requests",
                         "cnnselect profile export store.db --requests -o requests.csv"}});
  CLI::App* const forget = add("reset", "Forget profiles: the next start measures anew", reset);
  CLI::Option_group* const which = forget->add_option_group("which", "One of these");
  which->add_option("--model", flags->model, "Of this model")->type_name("MODEL");
  which->add_flag("--all", flags->all, "Of every model");
  which->add_flag("--requests", flags->requests, "Instead empty the log of requests");
  which->require_option(1);
  add_examples(*forget,
               {{"Measure a model anew at the next start",
                 "cnnselect profile reset store.db --model resnet_64_192"},
                {"The same for every model", "cnnselect profile reset store.db --all"}},
               "A server that runs goes on with what it knows, and writes it again.");
  add_examples(*command, {{"What a server has learnt", "cnnselect profile show store.db"}});
  return command;
}

}  // namespace cnnselect
