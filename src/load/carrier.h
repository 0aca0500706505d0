// Carrier: takes one shaped request to the server and brings its answer back, over one protocol.
// Its coroutines run on one thread. Private to src/load.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "load/dialer.h"
#include "load/sender.h"

namespace cnnselect {

class Carrier {
 public:
  Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  virtual ~Carrier() = default;

  /// Whether the server is there, takes us, and has that family.
  virtual boost::asio::awaitable<Status> check(const std::string& family) = 0;
  /// Whether carry() may be called only after a check().
  virtual bool wants_check() const = 0;
  /// The answer as JSON. `late`: from `intended` to when the sending began. May throw
  /// boost::system::system_error, which Dialer::failure() words.
  virtual boost::asio::awaitable<Result<std::string>> carry(const ShapedRequest& request,
                                                            TimePoint intended, Duration& late) = 0;
};

/// All arguments outlive the carrier.
std::unique_ptr<Carrier> http_carrier(boost::asio::io_context& context, const Dialer& dialer,
                                      const SendOptions& options, const Clock& clock);
std::unique_ptr<Carrier> grpc_carrier(boost::asio::io_context& context, const Dialer& dialer,
                                      const SendOptions& options, const Clock& clock);

}  // namespace cnnselect
