// SPDX-License-Identifier: Apache-2.0
#include "node/flags.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "node/config/config_file.h"
#include "node/metrics/node_facts.h"

namespace rowan {
namespace {

struct FlagTexts {
  std::string config_file, data_dir, listen, http;
};

const ConfigKey& KeyNamed(std::string_view name) {
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.name == name) return key;
  }
  return ConfigKeys().front();
}

// A flag that overrides a key of the file; empty: not given.
bool Override(std::string_view flag, std::string_view name,
              const std::string& text, NodeConfig* config) {
  const ConfigKey& key = KeyNamed(name);
  if (text.empty() || SetConfigValue(key, text, config)) return true;
  std::cerr << "rowand: " << flag << " " << text << ": expected "
            << Expected(key) << "\n";
  return false;
}

bool ReadConfigFile(const std::string& path, NodeConfig* config) {
  std::ifstream file(path);
  if (!file) {
    std::cerr << "rowand: can't read " << path << "\n";
    return false;
  }
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  const std::vector<std::string> errors = ReadConfig(path, text, config);
  for (const std::string& error : errors) std::cerr << error << "\n";
  if (errors.empty()) return true;
  std::cerr << "rowand: " << errors.size() << " error"
            << (errors.size() == 1 ? "" : "s") << " in " << path << "\n";
  return false;
}

// There is no authentication, so that who reaches the port owns the data.
bool CheckOpenness(const Flags& flags) {
  bool good = true;
  for (const std::string& address :
       {flags.config.listen_client, flags.config.listen_http}) {
    if (IsLoopback(address)) continue;
    if (flags.allow_unauthenticated) {
      std::cerr << "rowand: warning: " << address
                << " is open to everyone who reaches it: there is no "
                   "authentication\n";
    } else {
      std::cerr << "rowand: " << address
                << " is reachable from other machines, and there is no "
                   "authentication yet; listen on 127.0.0.1, or give "
                   "--allow-unauthenticated\n";
      good = false;
    }
  }
  return good;
}

}  // namespace

std::optional<Flags> ParseFlags(int argc, char** argv, int* exit_code) {
  Flags flags;
  FlagTexts texts;
  CLI::App app("rowand: a node of Rowan, a partitioned wide-row store.");
  app.set_version_flag("--version", "rowand " + std::string(kRowanVersion));
  app.add_option("--data-dir", texts.data_dir, "where the node keeps its data");
  app.add_option("--listen", texts.listen,
                 "host:port for clients (gRPC); port 0: any free one");
  app.add_option("--http", texts.http, "host:port of /metrics and /healthz");
  app.add_option("--config", texts.config_file, "a YAML file");
  app.add_flag("--check-config", flags.check_config,
               "say what is wrong with the config and stop");
  app.add_flag("--print-config", flags.print_config,
               "print the config in force, with comments, and stop");
  app.add_flag("--allow-unauthenticated", flags.allow_unauthenticated,
               "listen beyond loopback without authentication");
  app.add_flag("--accept-data-loss", flags.accept_data_loss,
               "read partitions again that lost records of a damaged commit "
               "log, without what they lost");
  app.add_flag("--drain", flags.drain,
               "write memtables to SSTables before stopping");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error) == 0 ? 0 : kExitBadConfig;
    return std::nullopt;
  }

  flags.config = DefaultConfig();
  const bool good =
      (texts.config_file.empty() ||
       ReadConfigFile(texts.config_file, &flags.config)) &&
      Override("--data-dir", "node.data_dir", texts.data_dir, &flags.config) &&
      Override("--listen", "listen.client", texts.listen, &flags.config) &&
      Override("--http", "listen.http", texts.http, &flags.config) &&
      CheckOpenness(flags);
  *exit_code = good ? 0 : kExitBadConfig;
  if (!good) return std::nullopt;
  if (flags.print_config) std::cout << PrintConfig(flags.config);
  if (flags.check_config) std::cout << "rowand: the config is good\n";
  if (flags.print_config || flags.check_config) return std::nullopt;
  return flags;
}

}  // namespace rowan
