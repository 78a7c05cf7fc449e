// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_NODE_LINES_H_
#define ROWAN_TESTS_CRASH_CUT_NODE_LINES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/crash/cut/crash_node.h"

namespace rowan {

// All that clients see of a node, in Contents::Lines' words: its tables with
// all rows, read page after page, its snapshots and user types.
absl::StatusOr<std::vector<std::string>> NodeLines(CrashNode* node);

// What has no place on a node's disk, with nothing under way: files that
// nobody names, files that are not finished, what a start takes for damage. A
// line each.
std::vector<std::string> StrayLines(CrashNode* node);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_NODE_LINES_H_
