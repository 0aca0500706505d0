// Database: one SQLite file, with errors as values. The thin layer under the stores; it knows no
// table. Not thread-safe: an owner uses it from one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cnnselect/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cnnselect {

/// A prepared statement. Parameters are bound by place, from 1; columns are read by place, from 0.
class Statement {
 public:
  void bind(int place, std::string_view text);
  void bind(int place, double number);
  void bind(int place, std::int64_t number);
  template <class T>
  void bind(int place, const std::optional<T>& value) {
    if (value) bind(place, *value);
  }

  /// True: there is a row, which the readers below tell of; false: it is done.
  Result<bool> step();
  /// Steps to the end and makes the statement ready for the next binding.
  Status run();

  int columns() const;
  std::string column_name(int column) const;
  std::string text(int column) const;
  double real(int column) const;
  std::int64_t integer(int column) const;
  // What a person edited may be anything, whatever the column was declared as.
  bool is_null(int column) const;
  bool is_number(int column) const;

 private:
  friend class Database;
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string name)
      : statement_(statement), name_(std::move(name)) {}
  Error error() const;

  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
  std::string name_;
};

class Database {
 public:
  /// kCreate makes the file when it is missing; the others say kNotFound.
  enum class Mode { kReadOnly, kReadWrite, kCreate };

  /// Opens the file and changes nothing in it. Errors: kNotFound, kInvalidArgument (no database),
  /// kInternal; each names the file.
  static Result<Database> open(const std::filesystem::path& file, Mode mode);

  /// Statements that take and give nothing, ';' between them.
  Status execute(const std::string& sql);
  /// All that `body` does, or nothing where it fails.
  Status transaction(const std::function<Status()>& body);
  /// By the last statement that changed any.
  std::int64_t rows_changed() const;
  Result<Statement> prepare(std::string_view sql);
  /// The number that the owner of the file's tables counts their versions with; 0 in a new file.
  Result<std::int64_t> schema_version();
  /// Whether there is any table in it.
  Result<bool> is_empty();
  /// From now on, and for everybody: a transaction is on the disk's cache when it ends, so that a
  /// killed process loses nothing of it, and readers do not wait for writers.
  Status write_ahead();

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(sqlite3* handle, std::string name) : handle_(handle), name_(std::move(name)) {}
  /// Of a question with one row and one column.
  Result<std::int64_t> ask(std::string_view sql);

  std::unique_ptr<sqlite3, Close> handle_;
  std::string name_;
};

}  // namespace cnnselect
