// SPDX-License-Identifier: Apache-2.0
#include "storage/base/logging.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>

namespace rowan {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr char kJsonPattern[] =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

struct Logger {
  Logger() : lines("rowan", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    lines.set_pattern(kTextPattern, spdlog::pattern_time_type::utc);
    lines.set_level(spdlog::level::info);
  }
  spdlog::logger lines;
  std::atomic<LogFormat> format{LogFormat::kText};
};

Logger& TheLogger() {
  static auto* logger = new Logger;  // threads may log after main
  return *logger;
}

void AppendQuoted(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out->append("\\u00");
      out->push_back(kHex[(c >> 4) & 0xf]);
      out->push_back(kHex[c & 0xf]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

bool IsPlainWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c != '"' && c != '\\' && c != '=' && c != 0x7f;
  });
}

std::string FormatText(std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line(message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name()).append("=");
    if (IsPlainWord(field.value())) {
      line.append(field.value());
    } else {
      AppendQuoted(field.value(), &line);
    }
  }
  return line;
}

std::string FormatJson(std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line = "\"message\":";
  AppendQuoted(message, &line);
  for (const LogField& field : fields) {
    line.append(",\"").append(field.name()).append("\":");
    if (field.quoted()) {
      AppendQuoted(field.value(), &line);
    } else {
      line.append(field.value());
    }
  }
  return line;
}

}  // namespace

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  Logger& logger = TheLogger();
  const std::string line = FormatLogLine(logger.format.load(), message, fields);
  logger.lines.log(ToSpdlog(level), spdlog::string_view_t(line));
}

void SetLogging(LogLevel least, LogFormat format) {
  Logger& logger = TheLogger();
  logger.format.store(format);
  logger.lines.set_pattern(
      format == LogFormat::kText ? kTextPattern : kJsonPattern,
      spdlog::pattern_time_type::utc);
  logger.lines.set_level(ToSpdlog(least));
}

bool LogEnabled(LogLevel level) {
  return TheLogger().lines.should_log(ToSpdlog(level));
}

std::string FormatLogLine(LogFormat format, std::string_view message,
                          std::initializer_list<LogField> fields) {
  return format == LogFormat::kText ? FormatText(message, fields)
                                    : FormatJson(message, fields);
}

}  // namespace rowan
