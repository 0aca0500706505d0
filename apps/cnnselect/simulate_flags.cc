#include "simulate_flags.h"

namespace cnnselect {

namespace {

/// What makes a run as hard as a real server has it (docs/simulator.md).
void add_realism(CLI::App& command, SimulateFlags& flags) {
  command
      .add_option("--feedback", flags.feedback,
                  "When the server hears how an answer travelled back: with the client's\n"
                  "next-request, as in life, or at-once; e.g. --feedback at-once")
      ->capture_default_str();
  command
      .add_option("--clients", flags.clients,
                  "Who sends the requests, for --feedback next-request; closed(N) has its\n"
                  "own N; e.g. --clients 10")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command
      .add_option("--input", flags.input,
                  "What the server knows of the way there: measured, half a millisecond\n"
                  "off as in life, or exact; e.g. --input exact")
      ->capture_default_str();
  command
      .add_option("--way-back", flags.way_back,
                  "Which moment of a trace an answer's way back meets: at-departure of\n"
                  "the answer, as in life, or at-arrival of the request\n"
                  "e.g. --way-back at-arrival")
      ->capture_default_str();
  command
      .add_option("--overhead", flags.overhead,
                  "What a request takes on the server beside model and queue: decoding,\n"
                  "HTTP; e.g. --overhead 2.5ms")
      ->capture_default_str();
}

}  // namespace

void add_simulate_flags(CLI::App& command, SimulateFlags& flags) {
  // Broken by hand: the help is to be read on 100 columns, 30 of which are the options' names.
  command
      .add_option("--profile", flags.profile,
                  "The models: CSV with model, top1, mean_ms and, if known, std_ms, or a\n"
                  "folder of models.csv and, for each model, measured times in MODEL.csv\n"
                  "e.g. --profile data/paper/table5.csv")
      ->required();
  command
      .add_option("--network", flags.network,
                  "Time on the network: a law of one-way ms, or a trace; what the trace\n"
                  "did not measure is stated behind its name\n"
                  "e.g. --network 'normal(31.5,7.5)'\n"
                  "e.g. --network lte.csv:downlink_kbps=20000")
      ->capture_default_str();
  command
      .add_option("--correlation", flags.correlation,
                  "Between the way there and the way back of a law, 0..1; with 1 both\n"
                  "take the same time; e.g. --correlation 0.3")
      ->capture_default_str();
  command
      .add_option("--estimate", flags.estimate,
                  "What policies are told of the way back: double-input (the way there\n"
                  "again), perfect, learnt from earlier requests, or the law itself\n"
                  "e.g. --estimate learnt")
      ->capture_default_str();
  add_realism(command, flags);
  command
      .add_option("--profiles", flags.profiles,
                  "What policies are told of the models: true (the profile as it stands)\n"
                  "or learnt (ten warm-up runs, then every execution)\n"
                  "e.g. --profiles learnt")
      ->capture_default_str();
  command.add_option("--device", flags.device,
                     "The phone's own network, MEAN,STD,TOP1 in ms, ms and a fraction\n"
                     "e.g. --device 139,15,0.414");
  command
      .add_option("--duplicate", flags.duplicate,
                  "When the phone runs it: always, late (as late as can be, unless the\n"
                  "answer has come) or off (only when the server says so)\n"
                  "e.g. --duplicate always")
      ->capture_default_str();
  command.add_option("--drift", flags.drift,
                     "What changes on the way: TOML of [[change]] tables with at_ms and\n"
                     "slowdown (of one model or all) or network; e.g. --drift busy.toml");
  auto* const cold =
      command.add_flag("--cold", flags.cold,
                       "Every model begins unloaded; a load takes the profile's cold_mean_ms.\n"
                       "The bound and the oracle have all in memory; e.g. --cold");
  command
      .add_option("--memory", flags.memory,
                  "With --cold: what fits of the profile's bytes, the rest is loaded when\n"
                  "it is worth it; e.g. --cold --memory 512MiB")
      ->needs(cold);
  command
      .add_option("--sla", flags.sla,
                  "SLAs to try: FROM..TO:STEP or a list\n"
                  "e.g. --sla 100ms..400ms:20ms, --sla 100ms,250ms,1s")
      ->capture_default_str();
  command
      .add_option("--policy", flags.policies,
                  "Policies to compare (docs/policies.md); 'oracle' knows each request's\n"
                  "true times; e.g. --policy ontime,budget-greedy,oracle")
      ->delimiter(',')
      ->capture_default_str();
  command
      .add_option("--threshold", flags.threshold,
                  "T_threshold: how far below its limit cnnselect may start to explore,\n"
                  "or auto: by what is not known (others do not read it)\n"
                  "e.g. --threshold 25ms")
      ->capture_default_str();
  command
      .add_option("--workers", flags.workers,
                  "Requests served at a time, the others wait; unlimited: nobody waits\n"
                  "e.g. --workers 8")
      ->capture_default_str();
  command
      .add_option("--late", flags.late,
                  "With workers, a request whose SLA even the fastest model cannot keep\n"
                  "is answered in its turn, as in the paper (answer), or after all that\n"
                  "can still be in time, as by the server (last); e.g. --late last")
      ->capture_default_str();
  command.add_option("--rate", flags.rate,
                     "Requests per second, on average; absent: 20, or a trace's own. A\n"
                     "trace is scaled so that its first --requests come at this rate\n"
                     "e.g. --workers 8 --rate 150");
  command
      .add_option("--arrivals", flags.arrivals,
                  "poisson, uniform, gamma(CV): bursts when CV > 1, a trace of counts, or\n"
                  "closed(N): N clients, each of which waits for its answer first\n"
                  "e.g. --arrivals 'gamma(4)', --arrivals twitter.csv")
      ->capture_default_str();
  command
      .add_option("--image-bytes", flags.image_bytes,
                  "Upload of a request; only traces know bytes\n"
                  "e.g. --image-bytes 330000")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command
      .add_option("--requests", flags.requests,
                  "Requests per policy and SLA; more narrow the +- columns\n"
                  "e.g. --requests 100000")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command
      .add_option("--seed", flags.seed,
                  "Of everything that chance decides: same seed, same results\n"
                  "e.g. --seed 7")
      ->capture_default_str();
  command
      .add_option("--jobs", flags.jobs,
                  "Threads; the results are the same for any number; e.g. --jobs 1")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("-o,--output", flags.output,
                     "Results as CSV, the run's settings beside them as FILE.json\n"
                     "e.g. -o results.csv");
  command.add_option("--usage", flags.usage,
                     "Share of each model per policy and SLA, as CSV; e.g. --usage usage.csv");
  command.add_option("--plots", flags.plots,
                     "Folder for the paper's Figs. 12, 13a and 13b of this run, as SVG and\n"
                     "PNG; needs gnuplot (Debian package gnuplot-nox); e.g. --plots figures");
}

}  // namespace cnnselect
