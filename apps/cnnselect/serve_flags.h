// What `serve` may be told, with its defaults.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "default_repository.h"
#include "image/decode.h"
#include "select/registry.h"
#include "service/policy_set.h"

namespace cnnselect {

struct ServeFlags {
  std::string models = default_repository();
  bool unmeasured = false;
  std::string http = "127.0.0.1:8000";
  std::string grpc = "127.0.0.1:8001";
  std::string admin = "off";
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
  std::string api_keys;
  std::size_t max_connections = 4096;
  std::string policy{kDefaultPolicy};
  std::vector<std::string> policies = PolicySet::usual();
  std::vector<std::string> policy_plugins;
  std::string threshold = "10ms";
  std::string late = "last";
  std::string memory;
  std::string idle_measure = "60s";
  std::string model_control = "none";
  bool settings_control = false;
  bool shared_memory = false;
  std::string model_cache;
  std::string model_cache_size = "4GiB";
  std::string store;
  double log_requests = 0;
  std::int64_t log_rows = 1'000'000;
  std::string otlp;
  double trace_rate = 0;
  std::string grace = "10s";
  std::string shutdown_delay = "0s";
  std::string log_level = "info";
  std::string server_name = "cnnselect";
  int workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  int intra_op_threads = 1;
  int http_threads = 1;
  bool proxy_protocol = false;
  std::string trusted_proxies;
  std::string config;
  bool check = false;
  std::size_t max_queue = 256;
  std::uint32_t priority_levels = 3;
  std::uint32_t default_priority = 0;
  std::string queue_timeout;
  std::size_t max_body_mib = 64;
  std::int64_t max_pixels = DecodeLimits{}.max_pixels;
  std::uint64_t seed = 1;
};

/// Adds the options to `command`; `flags` lives as long as it is parsed.
void add_serve_flags(CLI::App& command, ServeFlags& flags);

}  // namespace cnnselect
