// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_CONFIG_CONFIG_FILE_H_
#define ROWAN_NODE_CONFIG_CONFIG_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "node/config/node_config.h"

namespace rowan {

// Applies a YAML file's text to *config. Strict: every unknown key and every
// bad value is an error, "FILE:LINE:COLUMN: what, and what was expected", and
// all of them are reported. Empty when the file is good; otherwise *config is
// unspecified.
std::vector<std::string> ReadConfig(std::string_view file_name,
                                    const std::string& text,
                                    NodeConfig* config);

// The configuration as a file that ReadConfig takes, each key with its meaning,
// bounds and default.
std::string PrintConfig(const NodeConfig& config);

}  // namespace rowan

#endif  // ROWAN_NODE_CONFIG_CONFIG_FILE_H_
