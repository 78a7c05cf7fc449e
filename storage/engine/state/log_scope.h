// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_LOG_SCOPE_H_
#define ROWAN_STORAGE_ENGINE_STATE_LOG_SCOPE_H_

#include <cstdint>

#include "partitioner/partition_id.h"
#include "storage/base/ids.h"

namespace rowan {

// A log record's scope: by it a damaged chunk tells whose records it held. Bit
// (table id mod 32), and bit 32 + the token's top five bits. A chunk keeps the
// union: exact while its records are of one table or one slice of the tokens,
// otherwise too many are suspected, never too few. On the disk: these bits are
// part of the format.
inline uint64_t LogScopeOf(TableId table, Token token) {
  return uint64_t{1} << (table.value % 32) | uint64_t{1}
                                                 << (32 + (token.value >> 59));
}

// Whether a record of the partition may be in a chunk with this scope.
inline bool LogScopeHolds(uint64_t scope, TableId table, PartitionId id) {
  if ((scope >> (table.value % 32) & 1) == 0) return false;
  for (uint64_t slice = id.first().value >> 59; slice <= id.last().value >> 59;
       ++slice) {
    if ((scope >> (32 + slice) & 1) != 0) return true;
  }
  return false;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_LOG_SCOPE_H_
