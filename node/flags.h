// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_FLAGS_H_
#define ROWAN_NODE_FLAGS_H_

#include <optional>

#include "node/config/node_config.h"

namespace rowan {

// What the command line of `rowand` asks for: the file's configuration with the
// flags on top, and what to do with it.
struct Flags {
  NodeConfig config;
  bool check_config = false;
  bool print_config = false;
  bool allow_unauthenticated = false;
  bool drain = false;  // flush memtables before a stop
  bool accept_data_loss = false;
};

// How the process ends without serving.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitBadConfig = 2;

// Parses the command line and reads the config file. When there is nothing left
// to do (--help, --version, --check-config, --print-config) or something is
// wrong, prints what there is to say and sets *exit_code.
std::optional<Flags> ParseFlags(int argc, char** argv, int* exit_code);

}  // namespace rowan

#endif  // ROWAN_NODE_FLAGS_H_
