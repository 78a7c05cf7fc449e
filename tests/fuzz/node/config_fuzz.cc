// SPDX-License-Identifier: Apache-2.0
// The node's configuration file.

#include "node/config/config_file.h"
#include "storage/base/check.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  NodeConfig config = DefaultConfig();
  if (!ReadConfig("f", std::string(input), &config).empty()) return;
  const std::string printed = PrintConfig(config);
  NodeConfig again = DefaultConfig();
  ROWAN_CHECK(ReadConfig("f", printed, &again).empty());
  ROWAN_CHECK(PrintConfig(again) == printed);
}

std::vector<std::string> Seeds() {
  return {PrintConfig(DefaultConfig()),
          "commitlog:\n  sync: periodic\n  sync_period: 50ms\n",
          "node: {name: 'a b', data_dir: \"d\"}\nunknown: 1\n"};
}

}  // namespace

const FuzzTarget kConfigFuzz{"config", Run, Seeds};

}  // namespace rowan
