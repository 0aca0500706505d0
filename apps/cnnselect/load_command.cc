#include "load_command.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "classify_target.h"
#include "load/classify_answer.h"
#include "load/plan.h"
#include "load/sender.h"
#include "load/summary.h"
#include "measure/labelled_pictures.h"
#include "photo_file.h"
#include "report/csv.h"
#include "report/progress.h"
#include "report/run_header.h"
#include "report/table.h"
#include "trace/duration_text.h"
#include "version.h"

namespace cnnselect {
namespace {

using Align = Table::Align;

constexpr Duration kExtraPatience = std::chrono::seconds(10);  // beyond the SLA, for late answers

struct LoadFlags {
  std::string server = "http://127.0.0.1:8000";
  std::string family = "emoji";
  std::string images;
  std::string labels;
  std::string sla = "50ms..400ms:50ms";
  std::vector<std::string> policies;
  std::string network = "normal(63,15)";
  double correlation = 1;
  double rate = 20;
  std::string arrivals = "poisson";
  std::size_t requests = 1000;
  std::uint64_t seed = 1;
  std::string output;
};

/// Everything a sweep needs, read and checked before the first request.
struct LoadInputs {
  ServerUrl server;
  std::vector<Duration> slas;
  std::vector<LabelledPicture> pictures;
  std::vector<std::string> photos;  ///< bytes, same order
  std::vector<PlannedRequest> plan;
};

/// One row of the results.
struct LoadPoint {
  std::string policy;
  Duration sla{};
  LoadSummary summary;
};

std::atomic<bool> interrupted = false;

int report(const Error& error) {
  fmt::print(stderr, "cnnselect: {}\n", error.message);
  return 1;
}

Result<LoadInputs> read_inputs(const LoadFlags& flags) {
  LoadInputs inputs;
  auto server = parse_server_url(flags.server);
  if (!server) return std::unexpected(server.error());
  inputs.server = std::move(*server);
  auto slas = parse_durations(flags.sla);
  if (!slas) return std::unexpected(slas.error().within("--sla"));
  inputs.slas = std::move(*slas);
  auto pictures =
      read_labelled_pictures(flags.labels, flags.images, std::numeric_limits<std::size_t>::max());
  if (!pictures) return std::unexpected(pictures.error());
  inputs.pictures = std::move(*pictures);
  std::vector<std::size_t> sizes;
  for (const auto& picture : inputs.pictures) {
    auto photo = read_photo(picture.file);
    if (!photo) return std::unexpected(photo.error());
    sizes.push_back(photo->size());
    inputs.photos.push_back(std::move(*photo));
  }
  const auto arrivals = Arrivals::parse(flags.arrivals, flags.rate);
  if (!arrivals) return std::unexpected(arrivals.error());
  const auto network = Network::parse(flags.network, flags.correlation);
  if (!network) return std::unexpected(network.error().within("--network"));
  inputs.plan = plan_load(flags.requests, sizes, *arrivals, *network, flags.seed);
  return inputs;
}

LoadOutcome judge(const ShapedOutcome& outcome, std::size_t truth) {
  if (!outcome.body) return {};
  const auto answer = parse_classify_answer(*outcome.body);
  if (!answer) return {};
  return {.answered = true,
          .correct = answer->index >= 0 && static_cast<std::size_t>(answer->index) == truth,
          .model = answer->model,
          .latency = outcome.latency};
}

// Sends the plan once, for one SLA and policy. The first error is kept for the user's eyes.
Result<std::vector<LoadOutcome>> run_point(const LoadFlags& flags, const LoadInputs& inputs,
                                           const std::string& policy, Duration sla,
                                           Progress& progress, std::optional<Error>& first_error) {
  std::vector<ShapedRequest> requests;
  for (const PlannedRequest& planned : inputs.plan) {
    requests.push_back({.send_at = planned.send_at,
                        .target = classify_target(flags.family, sla, policy),
                        .body = std::as_bytes(std::span(inputs.photos[planned.picture])),
                        .network = planned.network});
  }
  std::vector<LoadOutcome> outcomes;
  const std::string what =
      fmt::format("{} {}", policy.empty() ? "default" : policy, duration_text(sla));
  const Status sent = send_shaped(
      inputs.server, requests, sla + kExtraPatience,
      [&](std::size_t i, const ShapedOutcome& outcome) {
        if (!outcome.body && !first_error) first_error = outcome.body.error();
        outcomes.push_back(judge(outcome, inputs.pictures[inputs.plan[i].picture].index));
        progress.show(what, outcomes.size(), requests.size());
      },
      [] { return interrupted.load(); });
  if (!sent) return std::unexpected(sent.error());
  return outcomes;
}

std::string usage_text(const LoadSummary& summary) {
  std::string text;
  for (const auto& [model, share] : summary.usage) {
    text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", model, 100 * share);
  }
  return text;
}

std::string points_table(const std::vector<LoadPoint>& points) {
  Table table({{"policy", Align::kLeft},
               {"SLA ms"},
               {"in time %"},
               {"+-"},
               {"accuracy %"},
               {"effective %"},
               {"+-"},
               {"p50 ms"},
               {"p95"},
               {"p99"},
               {"errors"},
               {"models", Align::kLeft}});
  const auto percent = [](double fraction) { return fmt::format("{:.1f}", 100 * fraction); };
  const auto ms = [](Duration d) { return fmt::format("{:.0f}", to_ms(d)); };
  for (const auto& [policy, sla, summary] : points) {
    table.add({policy, ms(sla), percent(summary.attainment), percent(summary.attainment_half),
               percent(summary.accuracy), percent(summary.effective_accuracy),
               percent(summary.effective_half), ms(summary.p50), ms(summary.p95), ms(summary.p99),
               std::to_string(summary.errors), usage_text(summary)});
  }
  return table.text();
}

Status write_results(const LoadFlags& flags, const std::vector<LoadPoint>& points) {
  std::ofstream csv(flags.output);
  csv << "policy,sla_ms,network,requests,errors,attainment,attainment_half,accuracy,"
         "effective_accuracy,effective_half,mean_ms,p50_ms,p95_ms,p99_ms,models\n";
  for (const auto& [policy, sla, summary] : points) {
    csv << csv_line(std::vector<std::string>{
        policy, csv_number(to_ms(sla)), flags.network, std::to_string(summary.requests),
        std::to_string(summary.errors), csv_number(summary.attainment),
        csv_number(summary.attainment_half), csv_number(summary.accuracy),
        csv_number(summary.effective_accuracy), csv_number(summary.effective_half),
        csv_number(to_ms(summary.mean)), csv_number(to_ms(summary.p50)),
        csv_number(to_ms(summary.p95)), csv_number(to_ms(summary.p99)), usage_text(summary)});
  }
  const RunHeader header{.version = CNNSELECT_VERSION,
                         .machine = machine_text(),
                         .time = utc_now_text(),
                         .settings = {{"family", flags.family},
                                      {"sla", flags.sla},
                                      {"network", flags.network},
                                      {"correlation", fmt::format("{}", flags.correlation)},
                                      {"rate", fmt::format("{}", flags.rate)},
                                      {"arrivals", flags.arrivals},
                                      {"requests", std::to_string(flags.requests)},
                                      {"seed", std::to_string(flags.seed)}}};
  std::ofstream json(flags.output + ".json");
  json << header.json();
  if (!csv.flush() || !json.flush()) {
    return fail(ErrorCode::kInternal, fmt::format("{}: cannot be written", flags.output));
  }
  return {};
}

int load(const LoadFlags& flags) {
  const auto inputs = read_inputs(flags);
  if (!inputs) return report(inputs.error());
  std::signal(SIGINT, [](int) { interrupted = true; });
  const auto policies = flags.policies.empty() ? std::vector<std::string>{""} : flags.policies;
  const RealClock clock;
  std::vector<LoadPoint> points;
  std::optional<Error> first_error;
  {
    Progress progress(clock);
    for (const std::string& policy : policies) {
      for (const Duration sla : inputs->slas) {
        if (interrupted) break;
        const auto outcomes = run_point(flags, *inputs, policy, sla, progress, first_error);
        if (!outcomes) return report(outcomes.error());
        points.push_back({.policy = policy.empty() ? "default" : policy,
                          .sla = sla,
                          .summary = summarise_load(*outcomes, sla)});
      }
    }
  }
  fmt::print("{}", points_table(points));
  if (first_error) fmt::print("first error: {}\n", first_error->message);
  if (!flags.output.empty()) {
    if (const Status written = write_results(flags, points); !written) {
      return report(written.error());
    }
  }
  return interrupted ? 130 : 0;
}

}  // namespace

CLI::App* add_load_command(CLI::App& root, std::function<int()>& run) {
  auto flags = std::make_shared<LoadFlags>();
  CLI::App* command = root.add_subcommand(
      "load", "Send photos over a simulated network, open loop, for each SLA and policy");
  command->add_option("--server", flags->server, "http://HOST:PORT")->capture_default_str();
  command->add_option("--family", flags->family, "Family of models to ask")->capture_default_str();
  command->add_option("--images", flags->images, "Folder of the pictures")->required();
  command
      ->add_option("--labels", flags->labels,
                   "Table with a file name and a class index per line, tabs between")
      ->required();
  command->add_option("--sla", flags->sla, "FROM..TO:STEP or a list, such as 100ms,200ms")
      ->capture_default_str();
  command
      ->add_option("--policy", flags->policies, "Policies, commas between; default: the server's")
      ->delimiter(',');
  command
      ->add_option("--network", flags->network,
                   "A law such as normal(63,15), one-way ms, or a trace .csv")
      ->capture_default_str();
  command
      ->add_option("--correlation", flags->correlation,
                   "Of a law's two ways, 0..1; 1: the same time there and back")
      ->capture_default_str();
  command->add_option("--rate", flags->rate, "Requests per second")->capture_default_str();
  command->add_option("--arrivals", flags->arrivals, "poisson, uniform or gamma(CV)")
      ->capture_default_str();
  command->add_option("--requests", flags->requests, "Per SLA and policy")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command->add_option("--seed", flags->seed, "Of arrivals, pictures and network")
      ->capture_default_str();
  command->add_option("-o,--output", flags->output, "Results as CSV; settings beside it as .json");
  command->callback([flags, &run] { run = [flags] { return load(*flags); }; });
  return command;
}

}  // namespace cnnselect
