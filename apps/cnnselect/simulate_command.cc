#include "simulate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_text.h"
#include "plugin/policy_plugins.h"
#include "report/figure_folder.h"
#include "report/run_header.h"
#include "report_error.h"
#include "sim/figures.h"
#include "sim/results.h"
#include "simulate_flags.h"
#include "version.h"

namespace cnnselect {
namespace {

RunHeader header_of(const SimulateFlags& flags) {
  return {.version = CNNSELECT_VERSION,
          .commit = CNNSELECT_COMMIT,
          .machine = machine_text(),
          .time = utc_now_text(),
          .settings = {{"profile", flags.profile},
                       {"network", flags.network},
                       {"correlation", fmt::format("{}", flags.correlation)},
                       {"estimate", flags.estimate},
                       {"feedback", flags.feedback},
                       {"clients", std::to_string(flags.clients)},
                       {"input", flags.input},
                       {"way_back", flags.way_back},
                       {"overhead", flags.overhead},
                       {"profiles", flags.profiles},
                       {"device", flags.device},
                       {"duplicate", flags.duplicate},
                       {"drift", flags.drift},
                       {"cold", flags.cold ? "true" : "false"},
                       {"memory", flags.memory},
                       {"sla", flags.sla},
                       {"policy", fmt::format("{}", fmt::join(flags.policies, ","))},
                       {"policy_plugin", fmt::format("{}", fmt::join(flags.policy_plugins, ","))},
                       {"threshold", flags.threshold},
                       {"workers", flags.workers},
                       {"late", flags.late},
                       {"rate", flags.rate ? fmt::format("{}", *flags.rate) : ""},
                       {"arrivals", flags.arrivals},
                       {"image_bytes", std::to_string(flags.image_bytes)},
                       {"requests", std::to_string(flags.requests)},
                       {"seed", std::to_string(flags.seed)}}};
}

Status write_file(const std::string& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text;
  if (!stream.flush()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: cannot be written", file));
  }
  return {};
}

Status write_results(const SimulateFlags& flags, const ModelSet& models,
                     const std::vector<SweepPoint>& points) {
  if (!flags.output.empty()) {
    const std::string csv = sweep_csv(points, flags.network);
    if (const Status written = write_file(flags.output, csv); !written) return written;
    const std::string header = header_of(flags).json();
    if (const Status written = write_file(flags.output + ".json", header); !written) return written;
  }
  if (flags.usage.empty()) return {};
  return write_file(flags.usage, usage_csv(points, models));
}

/// A line per request, if they are wanted.
Status write_rows(const SimulateFlags& flags, const Study& study,
                  const std::vector<SweepPoint>& points) {
  if (flags.rows.empty()) return {};
  std::string text = simulated_rows_header();
  for (const SweepPoint& point : points) {
    text += simulated_rows(point.policy, point.sla, study.models, study.workload, point.outcomes);
  }
  return write_file(flags.rows, text);
}

Result<std::optional<FigureFolder>> open_plots(const std::string& folder) {
  if (folder.empty()) return std::nullopt;
  auto opened = FigureFolder::open(folder);
  if (!opened) return std::unexpected(opened.error().within("--plots"));
  return std::move(*opened);
}

Status draw_plots(const FigureFolder& folder, const std::vector<Chart>& charts) {
  for (const Chart& chart : charts) {
    if (const Status drawn = folder.draw(chart); !drawn) {
      return std::unexpected(drawn.error().within("--plots"));
    }
  }
  return {};
}

Status simulate_all(const SimulateFlags& flags) {
  const auto plots = open_plots(flags.plots);
  if (!plots) return std::unexpected(plots.error());
  const auto registry = load_policy_plugins(flags.policy_plugins);
  if (!registry) return std::unexpected(registry.error().within("--policy-plugin"));
  const auto study = read_study(flags, *registry);
  if (!study) return std::unexpected(study.error());
  const auto points =
      run_sweep(study->models, study->workload, study->policies, study->slas, study->setting,
                flags.jobs, flags.rows.empty() ? SweepDetail::kSummary : SweepDetail::kOutcomes);
  if (const Status written = write_rows(flags, *study, points); !written) return written;
  fmt::print("{}", sweep_table(points));
  if (const Status written = write_results(flags, study->models, points); !written) return written;
  if (!*plots) return {};
  const std::string run = run_text(study->network, study->setting.workers, flags.requests);
  return draw_plots(**plots, sweep_charts(points, study->models, study->workload.device(), run));
}

}  // namespace

CLI::App* add_simulate_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App* command = root.add_subcommand(
      "simulate", "Compare policies on simulated requests, by the server's own decision code");
  add_simulate_flags(*command, *flags);
  add_examples(
      *command,
      {{"Two policies on the paper's models",
        "cnnselect simulate --profile data/paper/table5.csv --policy ontime,cnnselect"},
       {"Fig. 13 of the paper",
        "cnnselect simulate --profile data/paper/table5.csv --network 'normal(31.5,7.5)' \\\n"
        "      --sla 5ms..350ms:5ms --usage usage.csv -o results.csv --plots figures"}});
  command->callback([flags, &run] {
    run = [flags] {
      const Status done = simulate_all(*flags);
      return done ? 0 : report(done.error());
    };
  });
  return command;
}

}  // namespace cnnselect
