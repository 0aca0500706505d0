#include "server_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "model/text_file.h"

namespace cnnselect {
namespace {

constexpr const char* kKeyVariable = "CNNSELECT_API_KEY";

/// A header holds no line ends, and a key no blanks.
Result<std::string> checked_key(std::string key, std::string_view source) {
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  const bool visible = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7F'; });
  if (key.empty() || !visible) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} holds {}; want one line of visible ASCII letters", source,
                            key.empty() ? "nothing" : "blanks or other bytes"));
  }
  return key;
}

Result<std::string> api_key(const ServerFlags& flags) {
  if (!flags.api_key_file.empty()) {
    auto text = read_text_file("API key", flags.api_key_file);
    if (!text) return std::unexpected(text.error().within("--api-key-file"));
    return checked_key(*std::move(text), "--api-key-file: " + flags.api_key_file);
  }
  const char* const variable = std::getenv(kKeyVariable);
  if (variable == nullptr) return std::string();
  return checked_key(variable, kKeyVariable);
}

}  // namespace

void add_server_flags(CLI::App& command, ServerFlags& flags) {
  command.option_defaults()->group("Server");
  command
      .add_option("--server", flags.server,
                  "Whom to ask: http, https, grpc or grpcs://HOST:PORT; s means TLS")
      ->type_name("URL")
      ->capture_default_str();
  command
      .add_option("--tls-ca", flags.tls_ca,
                  "Believe servers that these authorities have signed (PEM); absent: the system's")
      ->type_name("FILE");
  command
      .add_option("--tls-name", flags.tls_name,
                  "What the server's certificate must be for; absent: the server's host")
      ->type_name("NAME");
  command
      .add_option("--tls-certificate", flags.tls_certificate,
                  "The client's own certificate with its chain (PEM), if the server wants one")
      ->type_name("FILE");
  command.add_option("--tls-key", flags.tls_key, "Its private key (PEM, without a passphrase)")
      ->type_name("FILE");
  command
      .add_option("--api-key-file", flags.api_key_file,
                  fmt::format("The API key, one line; absent: the variable {}", kKeyVariable))
      ->type_name("FILE");
}

Result<ServerAccess> server_access(const ServerFlags& flags) {
  auto url = parse_server_url(flags.server);
  if (!url) return std::unexpected(url.error());
  if (!url->tls) {
    for (const auto& [name, value] :
         {std::pair("--tls-ca", &flags.tls_ca),
          std::pair("--tls-certificate", &flags.tls_certificate),
          std::pair("--tls-key", &flags.tls_key), std::pair("--tls-name", &flags.tls_name)}) {
      if (value->empty()) continue;
      return fail(
          ErrorCode::kInvalidArgument,
          fmt::format("{} is for servers of https:// or grpcs://, not {}", name, flags.server));
    }
  }
  auto key = api_key(flags);
  if (!key) return std::unexpected(key.error());
  return ServerAccess{.url = *std::move(url),
                      .trust = {.authorities = flags.tls_ca,
                                .certificate = flags.tls_certificate,
                                .key = flags.tls_key,
                                .name = flags.tls_name},
                      .api_key = *std::move(key)};
}

SendOptions send_options(const ServerAccess& server, Duration patience) {
  return {.patience = patience,
          .headers_now = {},
          .interrupted = {},
          .trust = server.trust,
          .api_key = server.api_key};
}

Status check_family(const ServerAccess& server, const std::string& family, Duration patience,
                    const Clock& clock) {
  const Status there = check_server(server.url, family, send_options(server, patience), clock);
  if (there || there.error().code != ErrorCode::kNotFound) return there;
  return fail(there.error().code, there.error().message + "; --family chooses one");
}

}  // namespace cnnselect
