// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_CONFIG_NODE_CONFIG_H_
#define ROWAN_NODE_CONFIG_NODE_CONFIG_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rowan {

// What an operator may choose; config_keys.cc describes each. Plain values,
// sizes in bytes, times in nanoseconds.
struct NodeConfig {
  std::string node_name;
  std::string data_dir;
  std::string listen_client;
  std::string listen_http;
  std::string commitlog_sync;
  int64_t commitlog_sync_period = 0;
  int64_t commitlog_max_size = 0;
  int64_t disk_reserve = 0;
  std::string backup_dir;
  int64_t backup_log_interval = 0;
  int64_t memory_memtables = 0;
  int64_t memory_partition_memtable = 0;
  int64_t background_flushes = 0;
  int64_t background_compactions = 0;
  int64_t limits_requests_in_flight = 0;
  int64_t limits_increment_window = 0;
  std::string log_level;
  std::string log_format;
};

enum class ConfigKind { kText, kAddress, kChoice, kSize, kTime, kCount };

// One row of the table of keys: all that is known of a key.
struct ConfigKey {
  std::string_view name;           // "section.key"
  ConfigKind kind;                 // of the value, and so its unit
  std::string_view default_value;  // as in the file
  int64_t min = 0, max = 0;        // kSize, kTime, kCount
  std::string_view choices;        // kChoice: "a|b"
  std::string_view sentence;       // what it does, for people
  std::variant<std::string NodeConfig::*, int64_t NodeConfig::*> field;
};

// Every key, in the order of --print-config.
std::span<const ConfigKey> ConfigKeys();

// What a value of the key looks like, for messages and comments: "a size from
// 1MiB to 1TiB".
std::string Expected(const ConfigKey& key);

// Sets the key's field from the file's text; false when that is no value of it.
bool SetConfigValue(const ConfigKey& key, std::string_view text,
                    NodeConfig* config);
// The field as the file would have it.
std::string ConfigValue(const ConfigKey& key, const NodeConfig& config);

// All defaults.
NodeConfig DefaultConfig();

// "host:port", a port of 0..65535; an IPv6 host stands in brackets.
bool IsAddress(std::string_view text);
// Whether only this machine can reach it: 127.0.0.0/8, [::1], localhost.
bool IsLoopback(std::string_view address);

}  // namespace rowan

#endif  // ROWAN_NODE_CONFIG_NODE_CONFIG_H_
