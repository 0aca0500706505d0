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

#include "report/run_header.h"
#include "report_error.h"
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

  auto options = workload_options(flags, *models);
  if (!options) return std::unexpected(options.error());
  const Workload workload(*models, *network, *arrivals, *options);
  const auto points = run_sweep(*models, workload, policies, *slas, *setting, flags.jobs);
  if (!points) return std::unexpected(points.error().within("--policy"));
  fmt::print("{}", sweep_table(*points));
  return write_results(flags, *models, *points);
}

}  // namespace

CLI::App* add_simulate_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<SimulateFlags>();
  CLI::App* command = root.add_subcommand(
      "simulate", "Compare policies on simulated requests, by the server's own decision code");
  command
      ->add_option("--profile", flags->profile,
                   "Models: CSV with model, top1, mean_ms, std_ms, such as data/paper/table5.csv, "
                   "or a folder of models.csv and, for each model, measured times in MODEL.csv")
      ->required();
  command
      ->add_option("--network", flags->network,
                   "A law such as normal(63,15), one-way ms, or a trace .csv; what the trace did "
                   "not measure stands behind it: lte.csv:downlink_kbps=20000")
      ->capture_default_str();
  command
      ->add_option("--correlation", flags->correlation,
                   "Of a law's two ways, 0..1; 1: the same time there and back")
      ->capture_default_str();
  command
      ->add_option("--estimate", flags->estimate,
                   "What the policy is told of the way back: double-input, perfect, learnt or law")
      ->capture_default_str();
  command
      ->add_option("--profiles", flags->profiles,
                   "What the policy is told of the models: true (the profile as it stands) or "
                   "learnt (ten warm-up runs, then every execution)")
      ->capture_default_str();
  command->add_option("--device", flags->device,
                      "The phone's own network, MEAN,STD,TOP1: 139,15,0.414");
  command
      ->add_option("--duplicate", flags->duplicate,
                   "When the phone runs it: always, late (when the server's answer is nearly too "
                   "late) or off (only when the server says so)")
      ->capture_default_str();
  command->add_option("--drift", flags->drift,
                      "TOML of [[change]] tables: at_ms and slowdown, model or network");
  command->add_option("--sla", flags->sla, "FROM..TO:STEP or a list, such as 100ms,200ms")
      ->capture_default_str();
  command
      ->add_option("--policy", flags->policies,
                   "Policies, commas between; 'oracle' knows each request's true times")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--threshold", flags->threshold, "T_threshold, such as 10ms, or auto")
      ->capture_default_str();
  command
      ->add_option("--workers", flags->workers,
                   "Requests served at a time, the rest waits: 1, 2, ... or unlimited")
      ->capture_default_str();
  command->add_option(
      "--rate", flags->rate,
      "Requests per second on the average; absent: 20, or as a trace recorded them");
  command
      ->add_option("--arrivals", flags->arrivals,
                   "poisson, uniform, gamma(CV) or a trace .csv of t_ms,requests")
      ->capture_default_str();
  command->add_option("--image-bytes", flags->image_bytes, "Upload of a request, for traces")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command->add_option("--requests", flags->requests, "Per point")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command->add_option("--seed", flags->seed, "Of everything that chance decides")
      ->capture_default_str();
  command->add_option("--jobs", flags->jobs, "Threads; the results are the same for any number")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("-o,--output", flags->output, "Results as CSV; settings beside it as .json");
  command->add_option("--usage", flags->usage, "Share of each model per policy and SLA, as CSV");
  command->footer(
      "Example, Fig. 13 of the paper:\n  cnnselect simulate --profile data/paper/table5.csv "
      "--network 'normal(50,25)' --sla 5ms..300ms:5ms --usage usage.csv -o results.csv");
  command->callback([flags, &run] {
    run = [flags] {
      const Status done = simulate_all(*flags);
      return done ? 0 : report(done.error());
    };
  });
  return command;
}

}  // namespace cnnselect
