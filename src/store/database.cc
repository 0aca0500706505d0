#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace cnnselect {
namespace {

// Another program's transaction is waited for; ours come from one thread, once a second.
constexpr int kPatienceMs = 5'000;

Error error_of(sqlite3* handle, std::string_view name) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle);
  const char* const why = handle == nullptr ? "out of memory" : sqlite3_errmsg(handle);
  const auto kind = code == SQLITE_NOTADB || code == SQLITE_CORRUPT ? ErrorCode::kInvalidArgument
                                                                    : ErrorCode::kInternal;
  return {kind, fmt::format("store {}: {}", name, why)};
}

}  // namespace

void Statement::Finalise::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);  // what it says was said by step()
}

// A binding fails only where a statement has no such place, or without memory: then step() runs the
// statement with NULL there, which no column of ours that must be set takes.
void Statement::bind(int place, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), place, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}
void Statement::bind(int place, double number) {
  sqlite3_bind_double(statement_.get(), place, number);
}
void Statement::bind(int place, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), place, number);
}

Result<bool> Statement::step() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return std::unexpected(error());
  }
}

Status Statement::run() {
  Result<bool> more = true;
  while (more && *more) more = step();
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  if (!more) return std::unexpected(more.error());
  return {};
}

Error Statement::error() const { return error_of(sqlite3_db_handle(statement_.get()), name_); }

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }
std::string Statement::column_name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}
std::string Statement::text(int column) const {
  const auto* const bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(bytes), size};
}
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool Statement::is_number(int column) const {
  const int type = sqlite3_column_type(statement_.get(), column);
  return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  std::error_code unreadable;
  if (mode != Mode::kCreate && !std::filesystem::is_regular_file(file, unreadable)) {
    return fail(ErrorCode::kNotFound, fmt::format("store {}: no such file", file.string()));
  }
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_READONLY;
  if (mode != Mode::kReadOnly) flags = SQLITE_OPEN_READWRITE;
  if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
  const int opened = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  Database database(handle, file.string());
  if (opened != SQLITE_OK) return std::unexpected(error_of(handle, database.name_));
  sqlite3_busy_timeout(handle, kPatienceMs);
  // SQLite reads nothing before it is asked something.
  if (const auto empty = database.is_empty(); !empty) return std::unexpected(empty.error());
  return database;
}

Status Database::write_ahead() {
  return execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
}

Status Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return std::unexpected(error_of(handle_.get(), name_));
}

Status Database::transaction(const std::function<Status()>& body) {
  if (const Status begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
  const Status done = body();
  const Status ended = execute(done ? "COMMIT" : "ROLLBACK");
  return done ? ended : done;
}

std::int64_t Database::rows_changed() const { return sqlite3_changes64(handle_.get()); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement,
                         nullptr) != SQLITE_OK) {
    return std::unexpected(error_of(handle_.get(), name_));
  }
  return Statement(statement, name_);
}

Result<std::int64_t> Database::ask(std::string_view sql) {
  auto question = prepare(sql);
  if (!question) return std::unexpected(question.error());
  const auto row = question->step();
  if (!row) return std::unexpected(row.error());
  return question->integer(0);
}

Result<std::int64_t> Database::schema_version() { return ask("PRAGMA user_version"); }

Result<bool> Database::is_empty() {
  const auto tables = ask("SELECT COUNT(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  return *tables == 0;
}

}  // namespace cnnselect
