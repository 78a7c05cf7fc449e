// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_LOSS_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_LOSS_H_

#include <string>

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

// What is lost, in words: "wide rows with tokens -12 to 34", "rows from (5) to
// below (9) of wide row (a, 1)". Tokens as Cassandra has them; a bound that is
// no position of `schema` (they are cut short) is given in hexadecimal.
std::string LossText(const Schema& schema, const SSTableLoss& loss);
// The key's components as text: "(a, 1)".
std::string PartitionKeyText(const Schema& schema,
                             const std::string& partition_key);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_LOSS_H_
