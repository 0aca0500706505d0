#include "simulate_flags.h"

namespace cnnselect {
namespace {

void add_simulated_models(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("Models");
  command
      .add_option("--profile", flags.profile,
                  "CSV with model, top1, mean_ms and, if known, std_ms; or a folder of models.csv "
                  "and, for each model, measured times in MODEL.csv\n"
                  "e.g. --profile data/paper/table5.csv")
      ->type_name("FILE")
      ->required();
  command
      .add_option("--profiles", flags.profiles,
                  "What policies are told of the models: true (the profile as it stands) or "
                  "learnt (ten warm-up runs, then every execution)\n"
                  "e.g. --profiles learnt")
      ->type_name("true|learnt")
      ->capture_default_str();
  auto* const cold =
      command.add_flag("--cold", flags.cold,
                       "Every model begins unloaded; a load takes the profile's cold_mean_ms. "
                       "The bound and the oracle have all in memory; e.g. --cold");
  command
      .add_option("--memory", flags.memory,
                  "What fits of the profile's bytes; the rest is loaded when it is worth it\n"
                  "e.g. --cold --memory 512MiB")
      ->type_name("BYTES")
      ->needs(cold);
  command
      .add_option("--drift", flags.drift,
                  "What changes on the way: TOML of [[change]] tables with at_ms and slowdown (of "
                  "one model or all) or network; e.g. --drift busy.toml")
      ->type_name("FILE");
}

void add_simulated_network(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("Network");
  command
      .add_option("--network", flags.network,
                  "A law of one-way ms, or a trace; what the trace did not measure is stated "
                  "behind its name\n"
                  "e.g. --network 'normal(31.5,7.5)'\n"
                  "e.g. --network lte.csv:downlink_kbps=20000")
      ->type_name("LAW|FILE")
      ->capture_default_str();
  command
      .add_option("--correlation", flags.correlation,
                  "Between the way there and the way back of a law, 0..1; with 1 both take the "
                  "same time; e.g. --correlation 0.3")
      ->capture_default_str();
  command
      .add_option("--image-bytes", flags.image_bytes,
                  "Upload of a request; only traces know bytes; e.g. --image-bytes 330000")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kMostImageBytes));
  command
      .add_option("--way-back", flags.way_back,
                  "Which moment of a trace an answer's way back meets: at-departure of the "
                  "answer, as in life, or at-arrival of the request\n"
                  "e.g. --way-back at-arrival")
      ->type_name("at-departure|at-arrival")
      ->capture_default_str();
}

/// What makes a run as hard as a real server has it (docs/simulator.md).
void add_knowledge(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("What the server knows of the network");
  command
      .add_option("--estimate", flags.estimate,
                  "What policies are told of the way back: double-input (the way there again), "
                  "perfect, learnt from earlier requests, or the law itself\n"
                  "e.g. --estimate learnt")
      ->type_name("double-input|perfect|learnt|law")
      ->capture_default_str();
  command
      .add_option("--feedback", flags.feedback,
                  "When the server hears how an answer travelled back: with the client's "
                  "next-request, as in life, or at-once; e.g. --feedback at-once")
      ->type_name("next-request|at-once")
      ->capture_default_str();
  command
      .add_option("--clients", flags.clients,
                  "Who sends the requests, for --feedback next-request; closed(N) has its own N\n"
                  "e.g. --clients 10")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kMostClients));
  command
      .add_option("--input", flags.input,
                  "What the server knows of the way there: measured, half a millisecond off as in "
                  "life, or exact; e.g. --input exact")
      ->type_name("measured|exact")
      ->capture_default_str();
}

void add_phone(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("Network on the phone");
  command
      .add_option("--device", flags.device,
                  "The phone's own network, in ms, ms and a fraction; e.g. --device 139,15,0.414")
      ->type_name("MEAN,STD,TOP1");
  command
      .add_option("--duplicate", flags.duplicate,
                  "When the phone runs it: always, late (as late as can be, unless the answer has "
                  "come) or off (only when the server says so)\n"
                  "e.g. --duplicate always")
      ->type_name("always|late|off")
      ->capture_default_str();
}

void add_compared(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("What is compared");
  command
      .add_option("--sla", flags.sla,
                  "SLAs to try: a range or a list\n"
                  "e.g. --sla 100ms..400ms:20ms, --sla 100ms,250ms,1s")
      ->type_name("FROM..TO:STEP")
      ->capture_default_str();
  command
      .add_option("--policy", flags.policies,
                  "Policies (docs/policies.md); oracle knows each request's true times\n"
                  "e.g. --policy ontime,budget-greedy,oracle\n"
                  "e.g. --policy ontime:price=0,slack-greedy:quantile=0.99")
      ->type_name("POLICY|oracle")
      ->delimiter(',')
      ->capture_default_str();
  command
      .add_option("--policy-plugin", flags.policy_plugins,
                  "Shared object with policies from elsewhere (docs/write-a-policy.md); may be "
                  "repeated; e.g. --policy-plugin ./half_budget.so")
      ->type_name("FILE")
      ->delimiter(',');
  command
      .add_option("--threshold", flags.threshold,
                  "T_threshold: how far below its limit cnnselect may start to explore, or auto: "
                  "by what is not known (others do not read it)\n"
                  "e.g. --threshold 25ms")
      ->type_name("DURATION|auto")
      ->capture_default_str();
}

void add_simulated_load(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("Requests and workers");
  command
      .add_option("--workers", flags.workers,
                  "Requests served at a time, the others wait; unlimited: nobody waits\n"
                  "e.g. --workers 8")
      ->type_name("N|unlimited")
      ->capture_default_str();
  command
      .add_option("--late", flags.late,
                  "With workers, a request whose SLA even the fastest model cannot keep is "
                  "answered in its turn, as in the paper (answer), or after all that can still be "
                  "in time, as by the server (last); e.g. --late last")
      ->type_name("answer|last")
      ->capture_default_str();
  command
      .add_option("--overhead", flags.overhead,
                  "What a request takes on the server beside model and queue: decoding, HTTP\n"
                  "e.g. --overhead 2.5ms")
      ->type_name("DURATION")
      ->capture_default_str();
  command.add_option("--rate", flags.rate,
                     "Requests per second, on average; absent: 20, or a trace's own. A trace is "
                     "scaled so that its first --requests come at this rate\n"
                     "e.g. --workers 8 --rate 150");
  command
      .add_option("--arrivals", flags.arrivals,
                  "poisson, uniform, gamma(CV): bursts when CV > 1, a trace of counts, or "
                  "closed(N): N clients, each of which waits for its answer first\n"
                  "e.g. --arrivals 'gamma(4)', --arrivals twitter.csv")
      ->type_name("poisson|uniform|LAW|FILE")
      ->capture_default_str();
  command
      .add_option("--requests", flags.requests,
                  "Requests per policy and SLA; more narrow the +- columns\n"
                  "e.g. --requests 100000")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kMostRequests));
  command
      .add_option("--seed", flags.seed,
                  "Of everything that chance decides: same seed, same results; e.g. --seed 7")
      ->capture_default_str();
  command
      .add_option("--jobs", flags.jobs,
                  "Threads; the results are the same for any number; e.g. --jobs 1")
      ->default_str("one a processor")
      ->check(CLI::Range(1, kMostJobs));
}

void add_simulated_results(CLI::App& command, SimulateFlags& flags) {
  command.option_defaults()->group("Results");
  command
      .add_option("-o,--output", flags.output,
                  "Results as CSV, the run's settings beside them as FILE.json\n"
                  "e.g. -o results.csv")
      ->type_name("FILE");
  command
      .add_option("--usage", flags.usage,
                  "Share of each model per policy and SLA, as CSV; e.g. --usage usage.csv")
      ->type_name("FILE");
  command.add_option("--rows", flags.rows, "A line per request, as CSV; e.g. --rows rows.csv")
      ->type_name("FILE");
  command
      .add_option("--plots", flags.plots,
                  "The paper's Figs. 12, 13a and 13b of this run, as SVG and PNG; needs gnuplot "
                  "(Debian package gnuplot-nox); e.g. --plots figures")
      ->type_name("FOLDER");
}

}  // namespace

void add_simulate_flags(CLI::App& command, SimulateFlags& flags) {
  add_simulated_models(command, flags);
  add_simulated_network(command, flags);
  add_knowledge(command, flags);
  add_phone(command, flags);
  add_compared(command, flags);
  add_simulated_load(command, flags);
  add_simulated_results(command, flags);
}

}  // namespace cnnselect
