// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_LOSS_SSTABLE_LOSS_H_
#define ROWAN_STORAGE_SSTABLE_LOSS_SSTABLE_LOSS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "partitioner/token.h"
#include "storage/model/schema.h"

namespace rowan {

// What cannot be read of a file because one of its blocks is damaged. The file
// may have held it or not: nothing outside of the range is lost. A plain value.
struct SSTableLoss {
  std::string what;   // the damage, with path and offset
  Token first, last;  // wide rows with these tokens, both included
  // Of one large wide row a part only: its key and the positions [from, to),
  // empty for no bound on that side. No key: whole wide rows.
  std::string partition_key;
  std::string from, to;
};

// What one SSTable keeps of its losses (FORMAT.md): more are joined to wider
// ones, longer descriptions are cut.
inline constexpr size_t kLossesMax = 256;
inline constexpr size_t kLossWhatBytesMax = 256;

// In order of token, key and position, those that overlap or touch joined, at
// most kLossesMax: what they cover stays covered.
std::vector<SSTableLoss> JoinLosses(std::vector<SSTableLoss> losses);

// What is lost, in words: "wide rows with tokens -12 to 34", "rows from (5) to
// below (9) of wide row (a, 1)". Tokens as Cassandra has them; a bound that is
// no position of `schema` (they are cut short) is given in hexadecimal.
std::string LossText(const Schema& schema, const SSTableLoss& loss);
// A position or bound as text: "(5)".
std::string PositionText(const Schema& schema, const std::string& position);
// The key's components as text: "(a, 1)".
std::string PartitionKeyText(const Schema& schema,
                             const std::string& partition_key);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_LOSS_SSTABLE_LOSS_H_
