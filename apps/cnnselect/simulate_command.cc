#include "simulate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "report/figure_folder.h"
#include "report/run_header.h"
#include "report_error.h"
#include "sim/figures.h"
#include "sim/latency_samples.h"
#include "sim/results.h"
#include "sim/sweep.h"
#include "threshold_flag.h"
#include "trace/duration_text.h"
#include "version.h"

namespace cnnselect {
namespace {

struct SimulateFlags {
  std::string profile;
  std::string network = "normal(63,15)";
  double correlation = 1;
  std::string estimate = "double-input";
  std::string profiles = "true";
  std::string device;
  std::string duplicate = "late";
  std::string drift;
  std::string sla = "50ms..350ms:50ms";
  std::vector<std::string> policies = {"cnnselect", "static-greedy"};
  std::string threshold = "10ms";
  std::string workers = "unlimited";
  std::optional<double> rate;
  std::string arrivals = "poisson";
  std::size_t image_bytes = 110'000;
  std::size_t requests = 10'000;
  std::uint64_t seed = 1;
  int jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::string output;
  std::string usage;
  std::string plots;
};

constexpr int kMostWorkers = 10'000;
constexpr std::size_t kLawTimes = 200;  // of a law, as the policy sees it

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

Result<SimulationSetting> parse_setting(const SimulateFlags& flags,
                                        std::vector<std::string>& policies) {
  const auto knowledge = parse_network_knowledge(flags.estimate);
  if (!knowledge) return std::unexpected(knowledge.error().within("--estimate"));
  const auto profiles = parse_profile_knowledge(flags.profiles);
  if (!profiles) return std::unexpected(profiles.error().within("--profiles"));
  const auto duplication = parse_duplication(flags.duplicate);
  if (!duplication) return std::unexpected(duplication.error().within("--duplicate"));
  const auto threshold = parse_threshold(flags.threshold, policies);
  if (!threshold) return std::unexpected(threshold.error());
  const auto workers = parse_workers(flags.workers);
  if (!workers) return std::unexpected(workers.error());
  return SimulationSetting{.threshold = *threshold,
                           .network = {.knowledge = *knowledge, .one_way_times = {}},
                           .profiles = *profiles,
                           .workers = *workers,
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
                       {"profiles", flags.profiles},
                       {"device", flags.device},
                       {"duplicate", flags.duplicate},
                       {"drift", flags.drift},
                       {"sla", flags.sla},
                       {"policy", fmt::format("{}", fmt::join(flags.policies, ","))},
                       {"threshold", flags.threshold},
                       {"workers", flags.workers},
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

Result<WorkloadOptions> workload_options(const SimulateFlags& flags, const ModelSet& models) {
  WorkloadOptions options{
      .requests = flags.requests, .upload_bytes = flags.image_bytes, .seed = flags.seed};
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
  return draw_plots(**plots, sweep_charts(*points, *models, run));
}

}  // namespace

CLI::App* add_simulate_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App* command = root.add_subcommand(
      "simulate", "Compare policies on simulated requests, by the server's own decision code");
  // Broken by hand: the help is to be read on 100 columns, 30 of which are the options' names.
  command
      ->add_option("--profile", flags->profile,
                   "The models: CSV with model, top1, mean_ms and, if known, std_ms, or a\n"
                   "folder of models.csv and, for each model, measured times in MODEL.csv\n"
                   "e.g. --profile data/paper/table5.csv")
      ->required();
  command
      ->add_option("--network", flags->network,
                   "Time on the network: a law of one-way ms, or a trace; what the trace\n"
                   "did not measure is stated behind its name\n"
                   "e.g. --network 'normal(31.5,7.5)'\n"
                   "e.g. --network lte.csv:downlink_kbps=20000")
      ->capture_default_str();
  command
      ->add_option("--correlation", flags->correlation,
                   "Between the way there and the way back of a law, 0..1; with 1 both\n"
                   "take the same time; e.g. --correlation 0.3")
      ->capture_default_str();
  command
      ->add_option("--estimate", flags->estimate,
                   "What policies are told of the way back: double-input (the way there\n"
                   "again), perfect, learnt from earlier requests, or the law itself\n"
                   "e.g. --estimate learnt")
      ->capture_default_str();
  command
      ->add_option("--profiles", flags->profiles,
                   "What policies are told of the models: true (the profile as it stands)\n"
                   "or learnt (ten warm-up runs, then every execution)\n"
                   "e.g. --profiles learnt")
      ->capture_default_str();
  command->add_option("--device", flags->device,
                      "The phone's own network, MEAN,STD,TOP1 in ms, ms and a fraction\n"
                      "e.g. --device 139,15,0.414");
  command
      ->add_option("--duplicate", flags->duplicate,
                   "When the phone runs it: always, late (as late as can be, unless the\n"
                   "answer has come) or off (only when the server says so)\n"
                   "e.g. --duplicate always")
      ->capture_default_str();
  command->add_option("--drift", flags->drift,
                      "What changes on the way: TOML of [[change]] tables with at_ms and\n"
                      "slowdown (of one model or all) or network; e.g. --drift busy.toml");
  command
      ->add_option("--sla", flags->sla,
                   "SLAs to try: FROM..TO:STEP or a list\n"
                   "e.g. --sla 100ms..400ms:20ms, --sla 100ms,250ms,1s")
      ->capture_default_str();
  command
      ->add_option("--policy", flags->policies,
                   "Policies to compare (docs/policies.md); 'oracle' knows each request's\n"
                   "true times; e.g. --policy ontime,budget-greedy,oracle")
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option("--threshold", flags->threshold,
                   "T_threshold: how far below its limit cnnselect may start to explore,\n"
                   "or auto: by what is not known of network and model; e.g. --threshold 25ms")
      ->capture_default_str();
  command
      ->add_option("--workers", flags->workers,
                   "Requests served at a time, the others wait; unlimited: nobody waits\n"
                   "e.g. --workers 8")
      ->capture_default_str();
  command->add_option("--rate", flags->rate,
                      "Requests per second, on average; absent: 20, or a trace's own\n"
                      "e.g. --workers 8 --rate 150");
  command
      ->add_option("--arrivals", flags->arrivals,
                   "poisson, uniform, gamma(CV): bursts when CV > 1, or a trace of counts\n"
                   "e.g. --arrivals 'gamma(4)', --arrivals twitter.csv")
      ->capture_default_str();
  command
      ->add_option("--image-bytes", flags->image_bytes,
                   "Upload of a request; only traces know bytes\n"
                   "e.g. --image-bytes 330000")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command
      ->add_option("--requests", flags->requests,
                   "Requests per policy and SLA; more narrow the +- columns\n"
                   "e.g. --requests 100000")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command
      ->add_option("--seed", flags->seed,
                   "Of everything that chance decides: same seed, same results\n"
                   "e.g. --seed 7")
      ->capture_default_str();
  command
      ->add_option("--jobs", flags->jobs,
                   "Threads; the results are the same for any number; e.g. --jobs 1")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("-o,--output", flags->output,
                      "Results as CSV, the run's settings beside them as FILE.json\n"
                      "e.g. -o results.csv");
  command->add_option("--usage", flags->usage,
                      "Share of each model per policy and SLA, as CSV; e.g. --usage usage.csv");
  command->add_option("--plots", flags->plots,
                      "Folder for the paper's Figs. 12, 13a and 13b of this run, as SVG and\n"
                      "PNG; needs gnuplot (Debian package gnuplot-nox); e.g. --plots figures");
  command->footer(
      "Example, Fig. 13 of the paper:\n"
      "  cnnselect simulate --profile data/paper/table5.csv --network 'normal(31.5,7.5)' \\\n"
      "    --sla 5ms..350ms:5ms --usage usage.csv -o results.csv --plots figures");
  command->callback([flags, &run] {
    run = [flags] {
      const Status done = simulate_all(*flags);
      return done ? 0 : report(done.error());
    };
  });
  return command;
}

}  // namespace cnnselect
