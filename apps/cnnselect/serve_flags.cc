#include "serve_flags.h"

#include "option_sources.h"

namespace cnnselect {

void add_serve_flags(CLI::App& command, ServeFlags& flags) {
  command.add_option("--models", flags.models, "Model repository (a folder)")
      ->capture_default_str();
  command.add_flag("--unmeasured", flags.unmeasured,
                   "Serve models whose family file states no top1 too; their accuracy counts as 0, "
                   "so policies cannot tell which of them is better");
  command.add_option("--http", flags.http, "ADDRESS:PORT to listen on; port 0: any free one")
      ->capture_default_str();
  command.add_option("--grpc", flags.grpc, "The same for gRPC; off: none")->capture_default_str();
  command
      .add_option("--admin", flags.admin,
                  "The same for HTTP whose clients may load models and change settings; off: none")
      ->capture_default_str();
  command.add_option("--tls-certificate", flags.tls_certificate,
                     "PEM file of the server's certificate and its chain: then every listener "
                     "speaks TLS only, 1.2 or later. SIGHUP reads it again");
  command.add_option("--tls-key", flags.tls_key, "PEM file of its private key");
  command.add_option("--tls-client-ca", flags.tls_client_ca,
                     "PEM file of authorities: then clients need a certificate of theirs");
  command.add_option("--api-keys", flags.api_keys,
                     "TOML file of API keys: then every call but of health needs one. SIGHUP reads "
                     "it again");
  command
      .add_option("--max-connections", flags.max_connections,
                  "Open connections of each listener; one more is refused")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command.add_option("--workers", flags.workers, "Inferences at a time, one thread each")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("--intra-op-threads", flags.intra_op_threads, "Threads of one inference")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command
      .add_option("--policy", flags.policy,
                  "Policy of requests that name none (docs/policies.md): ontime is ours, "
                  "cnnselect the paper's")
      ->capture_default_str();
  command
      .add_option("--policies", flags.policies,
                  "Policies that requests may name, beside --policy; those of the literature that "
                  "plan ahead are left to simulate")
      ->delimiter(',')
      ->capture_default_str();
  command
      .add_option("--threshold", flags.threshold,
                  "T_threshold: how far below the budget cnnselect may start to explore; other "
                  "policies do not read it. A duration or, with --policy cnnselect, auto: from "
                  "what is not known of network and model")
      ->capture_default_str();
  command
      .add_option("--late", flags.late,
                  "What to do with a request whose SLA even the fastest model cannot keep: answer "
                  "it after all that can still be in time (last), answer it in its turn (answer), "
                  "reject it at once (504), or the same only where the client told of a network of "
                  "its own, and the others last (device)")
      ->capture_default_str();
  command.add_option("--memory", flags.memory,
                     "What the loaded models may take together, such as 2GiB; the others are "
                     "loaded when it is worth it. Absent: all are loaded");
  command
      .add_option("--idle-measure", flags.idle_measure,
                  "How long a model may go unrun before it is measured while no request is there, "
                  "one run at a time; a request stops it. off: never")
      ->capture_default_str();
  command
      .add_option("--model-control", flags.model_control,
                  "Models that change while the server runs: none; explicit: clients may load and "
                  "unload them; poll: what changes in the repository is loaded. SIGHUP loads it "
                  "always")
      ->capture_default_str();
  command.add_flag("--settings-control", flags.settings_control,
                   "Clients may change what is logged (/v2/logging) and traced "
                   "(/v2/trace/setting)");
  command.add_flag("--shared-memory", flags.shared_memory,
                   "Clients on this machine may have tensors in POSIX shared memory; any object "
                   "that the server may open is theirs to name");
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
  command.add_option("--queue-timeout", flags.queue_timeout,
                     "How long a request may wait before it gets 503, such as 2s; a request's "
                     "parameter timeout may only shorten it. Absent: no limit");
  command
      .add_option("--max-body", flags.max_body_mib, "Largest request body, also when inflated, MiB")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command
      .add_option("--max-pixels", flags.max_pixels,
                  "Largest picture, width x height; a JPEG's after it was scaled down while it is "
                  "decoded")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{INT32_MAX}));
  command.add_option("--http-threads", flags.http_threads, "Network threads")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command.add_flag("--proxy-protocol", flags.proxy_protocol,
                   "Every connection to --http begins with a PROXY header of version 2, and the "
                   "client is who it tells; others are closed");
  command.add_option("--trusted-proxies", flags.trusted_proxies,
                     "Networks such as 10.0.0.0/8,::1 whose header X-Forwarded-For tells the "
                     "client; from others it is ignored");
  command.add_option("--model-cache", flags.model_cache,
                     "Folder that keeps the models as the runtime optimises them for this machine: "
                     "later starts and loads are faster and take less memory. Absent: none");
  command
      .add_option("--model-cache-size", flags.model_cache_size,
                  "What it may take on the disk; what was not used for longest goes first")
      ->capture_default_str();
  command.add_option("--store", flags.store,
                     "SQLite file that keeps what is learnt of the models, for the next start; "
                     "`cnnselect profile` reads it");
  command
      .add_option("--log-requests", flags.log_requests,
                  "Fraction of the requests that the store keeps with all that was known and "
                  "decided; 0: none")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--log-rows", flags.log_rows, "Requests kept; the oldest go first")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000'000));
  command.add_option("--otlp", flags.otlp,
                     "Collector that takes the spans of traced requests, as OTLP's JSON over HTTP: "
                     "http://HOST:4318/v1/traces, or https. Absent: nothing is traced");
  command
      .add_option("--trace-rate", flags.trace_rate,
                  "Fraction of the requests that begin a trace, of those that come without one")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--shutdown-delay", flags.shutdown_delay,
                  "On SIGTERM: time to serve on while not ready, for balancers to notice")
      ->capture_default_str();
  command.add_option("--grace", flags.grace, "Then: time to finish requests under way")
      ->capture_default_str();
  command.add_option("--server-name", flags.server_name, "Name told by GET /v2")
      ->capture_default_str();
  command.add_option("--seed", flags.seed, "Seed of the policies' draws")->capture_default_str();
  command.add_option("--log-level", flags.log_level, "debug, info, warning, error or off")
      ->capture_default_str();
  read_environment(command);  // of the options above: what follows is for one call
  command.add_option("--config", flags.config,
                     "TOML file of settings: a key per option, with underscores; flags and the "
                     "environment (CNNSELECT_MAX_QUEUE) win over it");
  command.add_flag("--check", flags.check,
                   "Check settings, families and networks as a start would, then end");
}

}  // namespace cnnselect
