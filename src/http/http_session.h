// HttpSession: one connection, as a coroutine on a strand of its own: read a request, hand it to
// the handler, wait for the answer while watching the client, write it, again. Requests of one
// connection are answered in order, one at a time.
//
// The client is taken to be gone when its side of the connection closes or resets while its request
// is being worked on. A FIN alone could also be a client that has said all and still reads; a
// closed socket looks the same from here, so the handler is told, and whatever it answers is still
// sent. Behind pipelined bytes that are already waiting only a reset is noticed.
//
// Private to src/http.
#pragma once

#include <atomic>
#include <cstddef>
#include <unordered_set>

#include "base/mutex.h"
#include "cnnselect/time.h"
#include "http/http_message.h"
#include "http/http_server.h"
#include "net/wire.h"

namespace cnnselect {

class HttpSession;

/// The connections that are open. Thread-safe.
class SessionRegistry {
 public:
  void add(HttpSession& session) CNNSELECT_EXCLUDES(mutex_);
  void remove(HttpSession& session) CNNSELECT_EXCLUDES(mutex_);
  std::size_t size() const CNNSELECT_EXCLUDES(mutex_);

  /// From now on sessions end with the answer under way, idle ones at once.
  void drain() CNNSELECT_EXCLUDES(mutex_);
  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  /// False when `when` passed before the last session ended.
  bool wait_until_empty(TimePoint when) CNNSELECT_EXCLUDES(mutex_);
  /// Cuts every session off from its exchange. No thread may be running sessions.
  void detach_all() CNNSELECT_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  CondVar emptied_;
  std::atomic<bool> draining_ = false;
  std::unordered_set<HttpSession*> sessions_ CNNSELECT_GUARDED_BY(mutex_);
};

/// What all sessions of a server share; outlives them.
struct SessionContext {
  const HttpServerOptions& options;
  HttpHandler& handler;
  const Clock& clock;
  SessionRegistry& registry;

  /// For the next connection; null: plain.
  std::shared_ptr<boost::asio::ssl::context> tls() const {
    return options.tls == nullptr ? nullptr : options.tls->context();
  }
};

/// Serves `socket` until it closes. With `refuse`, only says 503 and closes.
void start_session(Socket socket, SessionContext& context, bool refuse);

}  // namespace cnnselect
