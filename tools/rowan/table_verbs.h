// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_TABLE_VERBS_H_
#define ROWAN_TOOLS_ROWAN_TABLE_VERBS_H_

#include "tools/rowan/command.h"

namespace rowan::cli {

// What `table --option` takes.
inline constexpr char kTableOptionsHelp[] =
    "partitions=N, compaction_scaling=N, compression=none|lz4|zstd, "
    "default_ttl_s=N, tombstone_grace_s=N; repeatable";

// The table's columns and options, for people.
void PrintTable(const v1::Table& table, std::ostream& out);

// The verbs of `rowan table` that have a file of their own.
void AddTableCreate(CLI::App& group, Verb* chosen);
void AddTableAlter(CLI::App& group, Verb* chosen);
// `drop` and `truncate`.
void AddTableRemovals(CLI::App& group, Verb* chosen);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_TABLE_VERBS_H_
