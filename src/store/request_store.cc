#include "store/request_store.h"

#include <fmt/format.h>

#include <vector>

#include "base/csv.h"
#include "store/tables.h"

namespace cnnselect {
namespace {

/// Binds one value after the other.
class Row {
 public:
  explicit Row(Statement& statement) : statement_(statement) {}

  Row& operator<<(const std::string& text) {
    statement_.bind(++place_, std::string_view(text));
    return *this;
  }
  Row& operator<<(double number) {
    statement_.bind(++place_, number);
    return *this;
  }
  Row& operator<<(std::int64_t number) {
    statement_.bind(++place_, number);
    return *this;
  }
  Row& operator<<(Duration time) { return *this << to_ms(time); }
  template <class T>
  Row& operator<<(const std::optional<T>& value) {
    if (value) return *this << *value;
    ++place_;  // what is not bound is NULL
    return *this;
  }

 private:
  Statement& statement_;
  int place_ = 0;
};

void bind(Statement& insert, const LoggedRequest& request) {
  Row(insert) << request.unix_ms << request.family << request.asked << request.outcome
              << request.error << request.model << request.policy << request.reason
              << request.probability << request.sla << request.elapsed << request.input
              << request.output << request.threshold << request.budget << request.decode
              << request.queue << request.prepare << request.infer << request.server
              << request.network_class << request.rtt << request.last_input << request.last_output
              << request.device << request.device_top1 << request.bytes;
}

}  // namespace

Result<RequestStore> RequestStore::open(const std::filesystem::path& file, Database::Mode mode) {
  auto database = open_store(file, mode);
  if (!database) return std::unexpected(database.error());
  return RequestStore(std::move(*database));
}

Status RequestStore::append(std::span<const LoggedRequest> requests, std::int64_t max_rows) {
  return database_.transaction([&] { return write(requests, max_rows); });
}

Status RequestStore::write(std::span<const LoggedRequest> requests, std::int64_t max_rows) {
  auto insert = database_.prepare(
      "INSERT INTO request (unix_ms, family, asked, outcome, error, model, policy, reason, "
      "probability, sla_ms, elapsed_ms, input_ms, output_ms, threshold_ms, budget_ms, decode_ms, "
      "queue_ms, prepare_ms, infer_ms, server_ms, network_class, rtt_ms, last_input_ms, "
      "last_output_ms, device_ms, device_top1, bytes) VALUES "
      "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  for (const LoggedRequest& request : requests) {
    bind(*insert, request);
    if (const Status done = insert->run(); !done) return done;
  }
  // Numbers grow by one and only the oldest go, so this leaves the newest max_rows.
  auto trim =
      database_.prepare("DELETE FROM request WHERE id <= (SELECT MAX(id) FROM request) - ?");
  if (!trim) return std::unexpected(trim.error());
  trim->bind(1, max_rows);
  return trim->run();
}

Result<std::int64_t> RequestStore::count() {
  auto query = database_.prepare("SELECT COUNT(*) FROM request");
  if (!query) return std::unexpected(query.error());
  const auto row = query->step();
  if (!row) return std::unexpected(row.error());
  return query->integer(0);
}

Status RequestStore::write_csv(std::ostream& out) {
  auto query = database_.prepare("SELECT * FROM request ORDER BY id");
  if (!query) return std::unexpected(query.error());
  std::vector<std::string> cells;
  for (int i = 0; i < query->columns(); ++i) cells.push_back(query->column_name(i));
  out << csv_line(cells);
  while (true) {
    const auto row = query->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = query->text(static_cast<int>(i));
    out << csv_line(cells);
  }
}

Result<std::int64_t> RequestStore::clear() {
  if (const Status done = database_.execute("DELETE FROM request"); !done) {
    return std::unexpected(done.error());
  }
  return database_.rows_changed();
}

}  // namespace cnnselect
