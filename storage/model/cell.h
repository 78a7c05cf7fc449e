// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_CELL_H_
#define ROWAN_STORAGE_MODEL_CELL_H_

#include <cstdint>
#include <string_view>

#include "storage/base/ids.h"
#include "storage/model/deletion_time.h"

namespace rowan {

enum class CellKind : uint8_t {
  kLive = 0,       // a value for ever
  kExpiring = 1,   // a value until local_time_s, written with ttl_s
  kTombstone = 2,  // deleted at local_time_s
};

// One column's value in one row. `value` is in Cassandra's serialisation
// (big-endian integers, ...), so that ties compare the bytes Cassandra
// compares; it is a view and lives as long as what it was decoded from.
struct Cell {
  ColumnId column;
  CellKind kind = CellKind::kLive;
  int64_t timestamp = 0;      // microseconds
  uint32_t ttl_s = 0;         // kExpiring only
  uint32_t local_time_s = 0;  // kExpiring: expiry; kTombstone: deletion time
  std::string_view value;     // empty for tombstones

  // Whether a reader at `now_s` sees a value. An expired cell is a tombstone
  // whose local deletion time is expiry - ttl (Cassandra: the write time).
  bool LiveAt(uint32_t now_s) const {
    return kind == CellKind::kLive ||
           (kind == CellKind::kExpiring && now_s < local_time_s);
  }
  // The local deletion time that counts for purging; only for cells that are
  // not live at some moment.
  uint32_t PurgeTime() const {
    return kind == CellKind::kExpiring ? local_time_s - ttl_s : local_time_s;
  }
};

// The row marker that an insert leaves: keeps a row visible when all its
// columns are null. `none()` for rows that were only updated.
struct Liveness {
  int64_t timestamp = kNoTimestamp;  // microseconds
  uint32_t ttl_s = 0;                // 0: for ever
  uint32_t expiry_s = 0;             // with ttl_s: seconds since 1970

  bool none() const { return timestamp == kNoTimestamp; }
  bool expiring() const { return ttl_s != 0; }
  bool LiveAt(uint32_t now_s) const {
    return !none() && (!expiring() || now_s < expiry_s);
  }
  friend bool operator==(const Liveness&, const Liveness&) = default;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_CELL_H_
