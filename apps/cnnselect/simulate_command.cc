#include "simulate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes_text.h"
#include "command_text.h"
#include "report/figure_folder.h"
#include "report/run_header.h"
#include "report_error.h"
#include "sim/figures.h"
#include "sim/latency_samples.h"
#include "sim/results.h"
#include "sim/sweep.h"
#include "simulate_flags.h"
#include "threshold_flag.h"
#include "trace/duration_text.h"
#include "version.h"

namespace cnnselect {
namespace {

constexpr int kMostWorkers = 10'000;
constexpr std::size_t kLawTimes = 200;  // of a law, as the policy sees it

/// Of the server's choices those that end nobody in the middle of a wait: that is no event of a
/// simulation.
Result<Late> parse_simulated_late(const std::string& text) {
  if (text == "last") return Late::kLast;
  if (text == "answer") return Late::kAnswer;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--late: '{}'; allowed: last, answer", text));
}

Result<std::optional<int>> parse_workers(const std::string& text) {
  if (text == "unlimited") return std::nullopt;
  int workers = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failed] = std::from_chars(text.data(), last, workers);
  if (failed != std::errc{} || end != last || workers < 1 || workers > kMostWorkers) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("--workers '{}'; allowed: unlimited, or 1..{}", text, kMostWorkers));
  }
  return workers;
}

Result<NetworkView::Options> parse_network_view(const SimulateFlags& flags) {
  const auto knowledge = parse_network_knowledge(flags.estimate);
  if (!knowledge) return std::unexpected(knowledge.error().within("--estimate"));
  const auto feedback = parse_feedback(flags.feedback);
  if (!feedback) return std::unexpected(feedback.error().within("--feedback"));
  const auto input = parse_input_knowledge(flags.input);
  if (!input) return std::unexpected(input.error().within("--input"));
  return NetworkView::Options{
      .knowledge = *knowledge, .feedback = *feedback, .input = *input, .one_way_times = {}};
}

Result<SimulationSetting> parse_setting(const SimulateFlags& flags,
                                        std::vector<std::string>& policies) {
  auto network = parse_network_view(flags);
  if (!network) return std::unexpected(network.error());
  const auto overhead = parse_duration(flags.overhead);
  if (!overhead) return std::unexpected(overhead.error().within("--overhead"));
  const auto profiles = parse_profile_knowledge(flags.profiles);
  if (!profiles) return std::unexpected(profiles.error().within("--profiles"));
  const auto duplication = parse_duplication(flags.duplicate);
  if (!duplication) return std::unexpected(duplication.error().within("--duplicate"));
  const auto threshold = parse_threshold(flags.threshold, policies);
  if (!threshold) return std::unexpected(threshold.error());
  const auto workers = parse_workers(flags.workers);
  if (!workers) return std::unexpected(workers.error());
  const auto late = parse_simulated_late(flags.late);
  if (!late) return std::unexpected(late.error());
  std::optional<ColdStart> cold;
  if (flags.cold) cold.emplace();
  if (!flags.memory.empty()) {
    const auto memory = parse_bytes(flags.memory);
    if (!memory) return std::unexpected(memory.error().within("--memory"));
    cold->memory = *memory;
  }
  return SimulationSetting{.threshold = *threshold,
                           .overhead = *overhead,
                           .network = std::move(*network),
                           .profiles = *profiles,
                           .workers = *workers,
                           .late = *late,
                           .cold = cold,
                           .duplication = *duplication,
                           .seed = flags.seed};
}

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

/// The largest simulated span: clocks count nanoseconds in 64 bits.
Status check_span(const SimulateFlags& flags) {
  constexpr double kMostSeconds = 1e8;
  const double least = flags.rate.value_or(Arrivals::kUsualRate);
  if (static_cast<double>(flags.requests) / least <= kMostSeconds) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} requests at --rate {} span more than {} s", flags.requests, least,
                          kMostSeconds));
}

/// What goes by the time of sending needs to know it beforehand.
Status check_closed(const SimulateFlags& flags, const Arrivals& arrivals) {
  if (!arrivals.clients()) return {};
  const bool recorded = flags.network.contains(".csv");
  if (flags.drift.empty() && !recorded) return {};
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("--arrivals {}: only the answers decide when a request is sent, so it "
                  "cannot meet {} at a given time; allowed: a law for --network, no --drift",
                  flags.arrivals, recorded ? "a recorded network" : "a change"));
}

Result<WorkloadOptions> workload_options(const SimulateFlags& flags, const ModelSet& models) {
  const auto way_back = parse_way_back_time(flags.way_back);
  if (!way_back) return std::unexpected(way_back.error().within("--way-back"));
  WorkloadOptions options{.requests = flags.requests,
                          .upload_bytes = flags.image_bytes,
                          .way_back = *way_back,
                          .clients = flags.clients,
                          .seed = flags.seed};
  if (!flags.device.empty()) {
    auto device = parse_device(flags.device);
    if (!device) return std::unexpected(device.error().within("--device"));
    options.device = std::move(*device);
  }
  if (!flags.drift.empty()) {
    auto drift = load_drift(flags.drift, models, flags.correlation);
    if (!drift) return std::unexpected(drift.error().within("--drift"));
    options.drift = std::move(*drift);
  }
  return options;
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
  std::vector<std::string> policies = flags.policies;
  auto setting = parse_setting(flags, policies);
  if (!setting) return std::unexpected(setting.error());
  const auto slas = parse_durations(flags.sla);
  if (!slas) return std::unexpected(slas.error().within("--sla"));
  const auto arrivals = Arrivals::parse(flags.arrivals, flags.rate);
  if (!arrivals) return std::unexpected(arrivals.error().within("--arrivals"));
  if (const Status fits = check_span(flags); !fits) return fits;
  if (const Status timeless = check_closed(flags, *arrivals); !timeless) return timeless;
  const auto network = Network::parse(flags.network, flags.correlation);
  if (!network) return std::unexpected(network.error().within("--network"));
  setting->network.one_way_times = network->one_way_times(kLawTimes);
  setting->network.correlation = network->correlation();
  if (setting->network.knowledge == NetworkKnowledge::kLaw &&
      setting->network.one_way_times.empty()) {
    return fail(ErrorCode::kInvalidArgument, "--estimate law needs a --network that is a law");
  }
  const auto models = load_models(flags.profile);
  if (!models) return std::unexpected(models.error().within("--profile"));

  if (setting->cold) {
    const Status known = check_cold_start(*models, *setting->cold);
    if (!known) return std::unexpected(known.error().within("--cold: " + flags.profile));
  }

  const auto plots = open_plots(flags.plots);
  if (!plots) return std::unexpected(plots.error());

  auto options = workload_options(flags, *models);
  if (!options) return std::unexpected(options.error());
  const Workload workload(*models, *network, *arrivals, *options);
  const auto points = run_sweep(*models, workload, policies, *slas, *setting, flags.jobs);
  if (!points) return std::unexpected(points.error().within("--policy"));
  fmt::print("{}", sweep_table(*points));
  if (const Status written = write_results(flags, *models, *points); !written) return written;
  if (!*plots) return {};
  const std::string run = run_text(*network, setting->workers, flags.requests);
  return draw_plots(**plots, sweep_charts(*points, *models, options->device, run));
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
