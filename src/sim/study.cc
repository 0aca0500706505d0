#include "sim/study.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <utility>

#include "base/bytes_text.h"
#include "select/policy_text.h"
#include "select/threshold_text.h"
#include "sim/latency_samples.h"
#include "trace/duration_text.h"

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

Result<NetworkView::Options> parse_network_view(const StudyOptions& options) {
  const auto knowledge = parse_network_knowledge(options.estimate);
  if (!knowledge) return std::unexpected(knowledge.error().within("--estimate"));
  const auto feedback = parse_feedback(options.feedback);
  if (!feedback) return std::unexpected(feedback.error().within("--feedback"));
  const auto input = parse_input_knowledge(options.input);
  if (!input) return std::unexpected(input.error().within("--input"));
  return NetworkView::Options{
      .knowledge = *knowledge, .feedback = *feedback, .input = *input, .one_way_times = {}};
}

Result<SimulationSetting> parse_setting(const StudyOptions& options,
                                        std::vector<std::string>& policies) {
  auto network = parse_network_view(options);
  if (!network) return std::unexpected(network.error());
  const auto overhead = parse_duration(options.overhead);
  if (!overhead) return std::unexpected(overhead.error().within("--overhead"));
  const auto profiles = parse_profile_knowledge(options.profiles);
  if (!profiles) return std::unexpected(profiles.error().within("--profiles"));
  const auto duplication = parse_duplication(options.duplicate);
  if (!duplication) return std::unexpected(duplication.error().within("--duplicate"));
  const auto threshold = parse_threshold(options.threshold, policies);
  if (!threshold) return std::unexpected(threshold.error());
  const auto workers = parse_workers(options.workers);
  if (!workers) return std::unexpected(workers.error());
  const auto late = parse_simulated_late(options.late);
  if (!late) return std::unexpected(late.error());
  std::optional<ColdStart> cold;
  if (options.cold) cold.emplace();
  if (!options.memory.empty()) {
    const auto memory = parse_bytes(options.memory);
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
                           .seed = options.seed};
}

/// The largest simulated span: clocks count nanoseconds in 64 bits.
Status check_span(const StudyOptions& options) {
  constexpr double kMostSeconds = 1e8;
  const double least = options.rate.value_or(Arrivals::kUsualRate);
  if (static_cast<double>(options.requests) / least <= kMostSeconds) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} requests at --rate {} span more than {} s", options.requests, least,
                          kMostSeconds));
}

/// What goes by the time of sending needs to know it beforehand.
Status check_closed(const StudyOptions& options, const Arrivals& arrivals) {
  if (!arrivals.clients()) return {};
  const bool recorded = options.network.contains(".csv");
  if (options.drift.empty() && !recorded) return {};
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("--arrivals {}: only the answers decide when a request is sent, so it "
                  "cannot meet {} at a given time; allowed: a law for --network, no --drift",
                  options.arrivals, recorded ? "a recorded network" : "a change"));
}

Result<WorkloadOptions> workload_options(const StudyOptions& told, const ModelSet& models) {
  const auto way_back = parse_way_back_time(told.way_back);
  if (!way_back) return std::unexpected(way_back.error().within("--way-back"));
  WorkloadOptions options{.requests = told.requests,
                          .upload_bytes = told.image_bytes,
                          .way_back = *way_back,
                          .clients = told.clients,
                          .seed = told.seed};
  if (!told.device.empty()) {
    auto device = parse_device(told.device);
    if (!device) return std::unexpected(device.error().within("--device"));
    options.device = std::move(*device);
  }
  if (!told.drift.empty()) {
    auto drift = load_drift(told.drift, models, told.correlation);
    if (!drift) return std::unexpected(drift.error().within("--drift"));
    options.drift = std::move(*drift);
  }
  return options;
}

Status check_number(std::string_view option, std::int64_t value, std::size_t most) {
  if (value >= 1 && std::cmp_less_equal(value, most)) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("--{} {}; allowed: 1 to {}", option, value, most));
}

Status check_numbers(const StudyOptions& options) {
  Status checked =
      check_number("requests", static_cast<std::int64_t>(options.requests), kMostRequests);
  const auto also = [&](std::string_view option, std::int64_t value, std::size_t most) {
    if (checked) checked = check_number(option, value, most);
  };
  also("clients", static_cast<std::int64_t>(options.clients), kMostClients);
  also("image-bytes", static_cast<std::int64_t>(options.image_bytes), kMostImageBytes);
  also("jobs", options.jobs, kMostJobs);
  return checked;
}

/// What the network means for the setting.
Status tell_network(SimulationSetting& setting, const Network& network) {
  setting.network.one_way_times = network.one_way_times(kLawTimes);
  setting.network.correlation = network.correlation();
  if (setting.network.knowledge != NetworkKnowledge::kLaw ||
      !setting.network.one_way_times.empty()) {
    return {};
  }
  return fail(ErrorCode::kInvalidArgument, "--estimate law needs a --network that is a law");
}

}  // namespace

Result<Study> read_study(const StudyOptions& options, const PolicyRegistry& registry) {
  if (const Status fits = check_numbers(options); !fits) return std::unexpected(fits.error());
  auto texts = join_policy_pieces(options.policies);
  if (!texts) return std::unexpected(texts.error().within("--policy"));
  auto setting = parse_setting(options, *texts);
  if (!setting) return std::unexpected(setting.error());
  auto policies = make_sweep_policies(registry, *texts, *setting);
  if (!policies) return std::unexpected(policies.error().within("--policy"));
  auto slas = parse_durations(options.sla);
  if (!slas) return std::unexpected(slas.error().within("--sla"));
  const auto arrivals = Arrivals::parse(options.arrivals, options.rate);
  if (!arrivals) return std::unexpected(arrivals.error().within("--arrivals"));
  if (const Status fits = check_span(options); !fits) return std::unexpected(fits.error());
  if (const Status timeless = check_closed(options, *arrivals); !timeless) {
    return std::unexpected(timeless.error());
  }
  auto network = Network::parse(options.network, options.correlation);
  if (!network) return std::unexpected(network.error().within("--network"));
  if (const Status told = tell_network(*setting, *network); !told) {
    return std::unexpected(told.error());
  }
  auto models = load_models(options.profile);
  if (!models) return std::unexpected(models.error().within("--profile"));
  if (setting->cold) {
    const Status known = check_cold_start(*models, *setting->cold);
    if (!known) return std::unexpected(known.error().within("--cold: " + options.profile));
  }
  const auto drawn = workload_options(options, *models);
  if (!drawn) return std::unexpected(drawn.error());
  Workload workload(*models, *network, *arrivals, *drawn);
  return Study{.models = *std::move(models),
               .network = *std::move(network),
               .workload = std::move(workload),
               .setting = *std::move(setting),
               .slas = *std::move(slas),
               .policies = *std::move(policies)};
}

}  // namespace cnnselect
