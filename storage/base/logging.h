// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_LOGGING_H_
#define ROWAN_STORAGE_BASE_LOGGING_H_

#include <cmath>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rowan {

// What the process tells its operator, on stderr, a line each. The message is a
// fixed sentence that can be searched for; what varies goes into fields:
//
//   Log(LogLevel::kInfo, "memtable flushed",
//       {{"table", table.value}, {"bytes", bytes}, {"file", path}});
//
// Thread-safe; lines never mix. Writes synchronously: a line costs a system
// call, so nothing is logged once per read or write. Never holds user data.
enum class LogLevel { kDebug, kInfo, kWarning, kError };

enum class LogFormat {
  kText,  // 2026-01-01T00:00:00.000Z info memtable flushed table=3 ...
  kJson,  // {"time":"...","level":"info","message":"...","table":3,...}
};

// A name and a value, printed when it is made. Names are letters, digits and
// underscores.
class LogField {
 public:
  LogField(std::string_view name, std::string_view value)
      : name_(name), value_(value), quoted_(true) {}
  LogField(std::string_view name, const char* value)
      : LogField(name, std::string_view(value)) {}
  LogField(std::string_view name, const absl::Status& status)
      : LogField(name, status.ToString()) {}
  LogField(std::string_view name, bool value)
      : name_(name), value_(value ? "true" : "false"), quoted_(false) {}
  template <typename Number>
  requires(std::integral<Number> || std::floating_point<Number>)
      LogField(std::string_view name, Number value)
      : name_(name),
        value_(std::to_string(value)),
        quoted_(!std::isfinite(static_cast<double>(value))) {}

  std::string_view name() const { return name_; }
  std::string_view value() const { return value_; }
  // Whether JSON shows it as a string.
  bool quoted() const { return quoted_; }

 private:
  std::string_view name_;
  std::string value_;
  bool quoted_;
};

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

// Lines below `least` are dropped. Start: kInfo, kText.
void SetLogging(LogLevel least, LogFormat format);
bool LogEnabled(LogLevel level);

// The part of a line that follows time and level, as Log prints it. In text,
// values with spaces, quotes or '=' are quoted; control characters are escaped
// in both.
std::string FormatLogLine(LogFormat format, std::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_LOGGING_H_
