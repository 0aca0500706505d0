#include "serve_flags.h"

#include "option_sources.h"

namespace cnnselect {
namespace {

void add_models(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Models");
  command.add_option("--models", flags.models, "Model repository")
      ->type_name("FOLDER")
      ->default_str("../share/cnnselect/repository, seen from the program");
  command.add_flag("--unmeasured", flags.unmeasured,
                   "Also serve models whose family file states no top1. Their accuracy counts as "
                   "0, so policies cannot tell which of them is better");
  command
      .add_option("--model-control", flags.model_control,
                  "How models change while the server runs. explicit: clients load and unload "
                  "them. poll: what changes in the repository is loaded. SIGHUP loads it always")
      ->type_name("none|explicit|poll")
      ->capture_default_str();
  command
      .add_option("--memory", flags.memory,
                  "What the loaded models may take together, such as 2GiB. The others are loaded "
                  "when it is worth it. Absent: all are loaded")
      ->type_name("BYTES");
  command
      .add_option("--model-cache", flags.model_cache,
                  "Keeps the models as the runtime optimises them for this machine: later starts "
                  "and loads are faster and take less memory. Absent: nothing is kept")
      ->type_name("FOLDER");
  command
      .add_option("--model-cache-size", flags.model_cache_size,
                  "What it may take on the disk. What was not used for longest goes first")
      ->type_name("BYTES")
      ->capture_default_str();
}

void add_listeners(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Addresses");
  command.add_option("--http", flags.http, "Where to listen; port 0: any free one")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command.add_option("--grpc", flags.grpc, "The same for gRPC; off: nowhere")
      ->type_name("ADDRESS:PORT|off")
      ->capture_default_str();
  command
      .add_option("--admin", flags.admin,
                  "The same for HTTP whose clients may load models and change settings")
      ->type_name("ADDRESS:PORT|off")
      ->capture_default_str();
  command
      .add_option("--max-connections", flags.max_connections,
                  "Open connections of each address; one more is refused")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command.add_option("--http-threads", flags.http_threads, "Network threads")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command.add_flag("--proxy-protocol", flags.proxy_protocol,
                   "Every connection to --http begins with a PROXY header of version 2, which "
                   "tells the client. Others are closed");
  command
      .add_option("--trusted-proxies", flags.trusted_proxies,
                  "Networks such as 10.0.0.0/8,::1 whose header X-Forwarded-For tells the client. "
                  "From others it is ignored")
      ->type_name("NETWORKS");
  command.add_option("--server-name", flags.server_name, "Name told by GET /v2")
      ->type_name("NAME")
      ->capture_default_str();
}

void add_access(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Who may do what");
  command
      .add_option("--tls-certificate", flags.tls_certificate,
                  "PEM file of the server's certificate and its chain. With it every address "
                  "speaks TLS only, 1.2 or later. SIGHUP reads it again")
      ->type_name("FILE");
  command.add_option("--tls-key", flags.tls_key, "PEM file of its private key")->type_name("FILE");
  command
      .add_option("--tls-client-ca", flags.tls_client_ca,
                  "PEM file of authorities. With it clients need a certificate by one of them")
      ->type_name("FILE");
  command
      .add_option(
          "--api-keys", flags.api_keys,
          "TOML file of API keys. With it every call but of health and GET / needs one. SIGHUP "
          "reads it again")
      ->type_name("FILE");
  command.add_flag("--settings-control", flags.settings_control,
                   "Clients may change what is logged (/v2/logging) and traced "
                   "(/v2/trace/setting)");
  command.add_flag("--shared-memory", flags.shared_memory,
                   "Clients on this machine may have tensors in POSIX shared memory. They may "
                   "name any object that the server may open");
}

void add_choice(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Choice of a model");
  command
      .add_option("--policy", flags.policy,
                  "For requests that name none (docs/policies.md): ontime is ours, cnnselect the "
                  "paper's. With parameters: NAME:key=value,key=value")
      ->type_name("POLICY")
      ->capture_default_str();
  command
      .add_option("--policies", flags.policies,
                  "What requests may name beside --policy. Those of the literature that plan "
                  "ahead are left to simulate")
      ->type_name("POLICY")
      ->delimiter(',')
      ->capture_default_str();
  command
      .add_option("--policy-plugin", flags.policy_plugins,
                  "Shared object with policies from elsewhere, which --policy and --policies may "
                  "then name (docs/write-a-policy.md). It runs within the server. May be repeated")
      ->type_name("FILE")
      ->delimiter(',');
  command
      .add_option("--threshold", flags.threshold,
                  "T_threshold: how far below the budget cnnselect may start to explore; other "
                  "policies do not read it. auto, with --policy cnnselect: from what is not known "
                  "of network and model")
      ->type_name("DURATION|auto")
      ->capture_default_str();
  command
      .add_option("--late", flags.late,
                  "What to do with a request whose SLA even the fastest model cannot keep. last: "
                  "answer it after all that can still be in time. answer: in its turn. reject: "
                  "504 at once. device: 504 where the client told of a network of its own, the "
                  "others last")
      ->type_name("last|answer|reject|device")
      ->capture_default_str();
  command.add_option("--seed", flags.seed, "Seed of the policies' draws")->capture_default_str();
}

void add_work(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Workers and queue");
  command.add_option("--workers", flags.workers, "Inferences at a time, one thread each")
      ->default_str("one a processor")
      ->check(CLI::Range(1, 256));
  command.add_option("--intra-op-threads", flags.intra_op_threads, "Threads of one inference")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command
      .add_option("--max-queue", flags.max_queue,
                  "Waiting requests; one more gets 503. As many late ones may wait behind them")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command
      .add_option("--priority-levels", flags.priority_levels,
                  "Classes of requests, by their parameter priority: 1 goes first")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command
      .add_option("--default-priority", flags.default_priority,
                  "Class of requests that name none; 0: the middle one")
      ->capture_default_str();
  command
      .add_option("--queue-timeout", flags.queue_timeout,
                  "How long a request may wait before it gets 503, such as 2s. A request's "
                  "parameter timeout may only shorten it. Absent: no limit")
      ->type_name("DURATION");
  command
      .add_option("--max-body", flags.max_body_mib, "Largest request body, also when inflated, MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command
      .add_option("--max-pixels", flags.max_pixels,
                  "Largest picture, width x height. A JPEG counts as it is decoded, scaled down")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{INT32_MAX}));
}

void add_records(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Measuring, log and traces");
  command
      .add_option("--store", flags.store,
                  "SQLite file that keeps what is learnt of the models, for the next start. "
                  "`cnnselect profile` reads it")
      ->type_name("FILE");
  command
      .add_option("--idle-measure", flags.idle_measure,
                  "How long a model may go unrun before it is measured while no request is there, "
                  "one run at a time. A request stops it. off: never")
      ->type_name("DURATION|off")
      ->capture_default_str();
  command
      .add_option("--log-requests", flags.log_requests,
                  "Fraction of the requests that the store keeps with all that was known and "
                  "decided; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--log-rows", flags.log_rows, "Requests kept; the oldest go first")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command
      .add_option("--otlp", flags.otlp,
                  "Collector of the spans of traced requests, as OTLP's JSON over HTTP: "
                  "http://HOST:4318/v1/traces, or https. Absent: nothing is traced")
      ->type_name("URL");
  command
      .add_option("--trace-rate", flags.trace_rate,
                  "Fraction of the requests that begin a trace, of those that come without one")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--log-level", flags.log_level, "How much the log on standard error says")
      ->type_name("debug|info|warning|error|off")
      ->capture_default_str();
}

void add_stop(CLI::App& command, ServeFlags& flags) {
  command.option_defaults()->group("Start and stop");
  command
      .add_option("--shutdown-delay", flags.shutdown_delay,
                  "On SIGTERM: time to serve on while not ready, for balancers to notice")
      ->type_name("DURATION")
      ->capture_default_str();
  command.add_option("--grace", flags.grace, "Then: time to finish requests under way")
      ->type_name("DURATION")
      ->capture_default_str();
}

}  // namespace

void add_serve_flags(CLI::App& command, ServeFlags& flags) {
  add_models(command, flags);
  add_listeners(command, flags);
  add_access(command, flags);
  add_choice(command, flags);
  add_work(command, flags);
  add_records(command, flags);
  add_stop(command, flags);
  read_environment(command);  // of the options above: what follows is for one call
  command
      .add_option("--config", flags.config,
                  "TOML file of settings: a key per option, with underscores. Flags and the "
                  "environment win over it")
      ->type_name("FILE");
  command.add_flag("--check", flags.check,
                   "Check settings, families and networks as a start would, then end");
}

}  // namespace cnnselect
