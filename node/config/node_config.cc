// SPDX-License-Identifier: Apache-2.0
#include "node/config/node_config.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "node/config/config_units.h"

namespace rowan {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
constexpr int64_t kGiB = int64_t{1} << 30;
constexpr int64_t kMs = 1'000'000;

constexpr std::array<ConfigKey, 18> kKeys = {{
    {.name = "node.name",
     .kind = ConfigKind::kText,
     .default_value = "",
     .sentence = "Names the node; empty: the name its data has, or a new one.",
     .field = &NodeConfig::node_name},
    {.name = "node.data_dir",
     .kind = ConfigKind::kText,
     .default_value = "data",
     .sentence = "Holds everything the node keeps.",
     .field = &NodeConfig::data_dir},
    {.name = "listen.client",
     .kind = ConfigKind::kAddress,
     .default_value = "127.0.0.1:7270",
     .sentence = "Where clients (gRPC) reach the node; port 0: any free one.",
     .field = &NodeConfig::listen_client},
    {.name = "listen.http",
     .kind = ConfigKind::kAddress,
     .default_value = "127.0.0.1:7280",
     .sentence = "Where /metrics and /healthz are; port 0: any free one.",
     .field = &NodeConfig::listen_http},
    {.name = "commitlog.sync",
     .kind = ConfigKind::kChoice,
     .default_value = "group",
     .choices = "group|periodic",
     .sentence = "group: an acknowledged write is on the disk; periodic: a "
                 "power cut may take the last sync_period.",
     .field = &NodeConfig::commitlog_sync},
    {.name = "commitlog.sync_period",
     .kind = ConfigKind::kTime,
     .default_value = "100ms",
     .min = 2 * kMs,
     .max = 10'000 * kMs,
     .sentence = "Time between syncs when commitlog.sync is periodic.",
     .field = &NodeConfig::commitlog_sync_period},
    {.name = "commitlog.max_size",
     .kind = ConfigKind::kSize,
     .default_value = "4GiB",
     .min = 256 * kMiB,
     .max = 1024 * kGiB,
     .sentence = "Above it, what holds old segments is flushed or rewritten.",
     .field = &NodeConfig::commitlog_max_size},
    {.name = "disk.reserve",
     .kind = ConfigKind::kSize,
     .default_value = "1GiB",
     .min = 64 * kMiB,
     .max = 1024 * 1024 * kGiB,
     .sentence = "With less free than this writes are refused; flushes, merges "
                 "and the commit log use it.",
     .field = &NodeConfig::disk_reserve},
    {.name = "backup.dir",
     .kind = ConfigKind::kText,
     .default_value = "",
     .sentence =
         "Holds backups, and all of the commit log, to restore the node "
         "to a moment; empty: neither. Best on another disk.",
     .field = &NodeConfig::backup_dir},
    {.name = "backup.log_interval",
     .kind = ConfigKind::kTime,
     .default_value = "1min",
     .min = 1'000 * kMs,
     .max = 3'600'000 * kMs,
     .sentence = "The log in backup.dir is behind by no more than this.",
     .field = &NodeConfig::backup_log_interval},
    {.name = "memory.memtables",
     .kind = ConfigKind::kSize,
     .default_value = "512MiB",
     .min = 16 * kMiB,
     .max = 1024 * kGiB,
     .sentence = "All memtables together; writers are slowed as it fills.",
     .field = &NodeConfig::memory_memtables},
    {.name = "memory.partition_memtable",
     .kind = ConfigKind::kSize,
     .default_value = "64MiB",
     .min = kMiB,
     .max = 4 * kGiB,
     .sentence = "One partition's memtable is flushed at this size.",
     .field = &NodeConfig::memory_partition_memtable},
    {.name = "background.flushes",
     .kind = ConfigKind::kCount,
     .default_value = "2",
     .min = 1,
     .max = 64,
     .sentence = "Flushes at once.",
     .field = &NodeConfig::background_flushes},
    {.name = "background.compactions",
     .kind = ConfigKind::kCount,
     .default_value = "1",
     .min = 1,
     .max = 64,
     .sentence = "Merges at once.",
     .field = &NodeConfig::background_compactions},
    {.name = "limits.requests_in_flight",
     .kind = ConfigKind::kCount,
     .default_value = "4096",
     .min = 16,
     .max = 1'000'000,
     .sentence = "Requests worked on at once; more are refused.",
     .field = &NodeConfig::limits_requests_in_flight},
    {.name = "limits.increment_window",
     .kind = ConfigKind::kTime,
     .default_value = "1h",
     .min = 1'000 * kMs,
     .max = int64_t{7} * 24 * 3'600'000 * kMs,
     .sentence = "An increment repeated with its request id counts once in it.",
     .field = &NodeConfig::limits_increment_window},
    {.name = "log.level",
     .kind = ConfigKind::kChoice,
     .default_value = "info",
     .choices = "debug|info|warning|error",
     .sentence = "Least severe lines on stderr.",
     .field = &NodeConfig::log_level},
    {.name = "log.format",
     .kind = ConfigKind::kChoice,
     .default_value = "text",
     .choices = "text|json",
     .sentence = "One line of text or one JSON object an event.",
     .field = &NodeConfig::log_format},
}};

bool IsChoice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == text) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

std::optional<int64_t> ParseNumber(ConfigKind kind, std::string_view text) {
  switch (kind) {
    case ConfigKind::kSize:
      return ParseSize(text);
    case ConfigKind::kTime:
      return ParseTime(text);
    default:
      return ParseCount(text);
  }
}

std::string FormatNumber(ConfigKind kind, int64_t value) {
  switch (kind) {
    case ConfigKind::kSize:
      return FormatSize(value);
    case ConfigKind::kTime:
      return FormatTime(value);
    default:
      return std::to_string(value);
  }
}

}  // namespace

std::span<const ConfigKey> ConfigKeys() { return kKeys; }

std::string Expected(const ConfigKey& key) {
  const auto range = [&key](std::string_view what) {
    return absl::StrCat(std::string(what), " from ",
                        FormatNumber(key.kind, key.min), " to ",
                        FormatNumber(key.kind, key.max));
  };
  switch (key.kind) {
    case ConfigKind::kText:
      return "text";
    case ConfigKind::kAddress:
      return "host:port";
    case ConfigKind::kChoice:
      return "one of " + std::string(key.choices);
    case ConfigKind::kSize:
      return range("a size");
    case ConfigKind::kTime:
      return range("a time");
    case ConfigKind::kCount:
      return range("a number");
  }
  return "";
}

bool SetConfigValue(const ConfigKey& key, std::string_view text,
                    NodeConfig* config) {
  if (const auto* member = std::get_if<std::string NodeConfig::*>(&key.field)) {
    if (key.kind == ConfigKind::kAddress && !IsAddress(text)) return false;
    if (key.kind == ConfigKind::kChoice && !IsChoice(key.choices, text)) {
      return false;
    }
    config->*(*member) = text;
    return true;
  }
  const std::optional<int64_t> number = ParseNumber(key.kind, text);
  if (!number.has_value() || *number < key.min || *number > key.max) {
    return false;
  }
  config->*std::get<int64_t NodeConfig::*>(key.field) = *number;
  return true;
}

std::string ConfigValue(const ConfigKey& key, const NodeConfig& config) {
  if (const auto* member = std::get_if<std::string NodeConfig::*>(&key.field)) {
    return config.*(*member);
  }
  return FormatNumber(key.kind,
                      config.*std::get<int64_t NodeConfig::*>(key.field));
}

NodeConfig DefaultConfig() {
  NodeConfig config;
  for (const ConfigKey& key : kKeys) {
    SetConfigValue(key, key.default_value, &config);
  }
  return config;
}

bool IsAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = text.substr(0, colon);
  const std::optional<int64_t> port = ParseCount(text.substr(colon + 1));
  if (!port.has_value() || *port > 65535) return false;
  if (host.front() == '[') return host.size() > 2 && host.back() == ']';
  return host.find(':') == std::string_view::npos &&
         host.find('/') == std::string_view::npos;
}

bool IsLoopback(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  if (host == "localhost" || host == "[::1]") return true;
  // Not a name like 127.example.org: digits and dots only.
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace rowan
