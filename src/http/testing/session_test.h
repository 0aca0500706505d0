// For tests of sessions: a server over real sockets on loopback.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "http/http_server.h"
#include "http/testing/fake_handler.h"

namespace cnnselect {

inline std::unique_ptr<HttpServer> started(HttpHandler& handler, const Clock& clock,
                                           HttpServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), handler, clock);
  return server ? std::move(*server) : nullptr;
}

class EchoSession : public ::testing::Test {
 protected:
  std::uint16_t serve(HttpServerOptions options = {}) {
    server_ = started(handler_, clock_, std::move(options));
    return server_->port();
  }
  RealClock clock_;
  EchoHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

class HeldSession : public ::testing::Test {
 protected:
  std::uint16_t serve(HttpServerOptions options = {}) {
    server_ = started(handler_, clock_, std::move(options));
    return server_->port();
  }
  WatchedClock clock_;
  HoldingHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace cnnselect
