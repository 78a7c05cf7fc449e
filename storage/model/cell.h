// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_CELL_H_
#define ROWAN_STORAGE_MODEL_CELL_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "storage/base/ids.h"
#include "storage/model/deletion_time.h"

namespace rowan {

enum class CellKind : uint8_t {
  kLive = 0,       // a value for ever
  kExpiring = 1,   // a value until local_time_s, written with ttl_s
  kTombstone = 2,  // deleted at local_time_s
  // Everything of the column with a timestamp at or below this one's was
  // deleted, at local_time_s: what the overwriting of a collection leaves
  // (Cassandra: complex deletion). No path, no value.
  kColumnDeletion = 3,
};

inline constexpr size_t kPathBytesMax = 65'535;

// The last second, since 1970, at which a cell or a marker may expire
// (2106-02-07T06:28:14Z): statistics say "never" with the one above.
inline constexpr uint32_t kExpiryMaxS =
    std::numeric_limits<uint32_t>::max() - 1;

// One column's value in one row, or one element of it: a collection that is not
// frozen has a cell per element, told apart by `path`. `value` is in
// Cassandra's serialisation (big-endian integers, ...), so that ties compare
// the bytes Cassandra compares; it and `path` are views and live as long as
// what they were decoded from.
struct Cell {
  ColumnId column;
  CellKind kind = CellKind::kLive;
  int64_t timestamp = 0;      // microseconds
  uint32_t ttl_s = 0;         // kExpiring only
  uint32_t local_time_s = 0;  // kExpiring: expiry; deleted: deletion time
  std::string_view value;     // empty for what is deleted
  // Empty for a plain column, else the element (set element, map key, list
  // element's timeuuid, field number) as bytes that memcmp orders (FORMAT.md,
  // "Paths"); at most kPathBytesMax.
  std::string_view path;

  bool has_value() const {
    return kind == CellKind::kLive || kind == CellKind::kExpiring;
  }
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
  // kColumnDeletion only.
  DeletionTime column_deletion() const { return {timestamp, local_time_s}; }
};

// The order of a row's cells: column id; in a column its deletion first; then
// the path. Negative, 0 (one place: `Winner` tells which stays) or positive.
inline int ComparePlaces(const Cell& a, const Cell& b) {
  if (a.column != b.column) return a.column < b.column ? -1 : 1;
  const bool a_deletes = a.kind == CellKind::kColumnDeletion;
  const bool b_deletes = b.kind == CellKind::kColumnDeletion;
  if (a_deletes != b_deletes) return a_deletes ? -1 : 1;
  // Most columns are plain: no call of memcmp for them.
  if ((a.path.size() | b.path.size()) == 0) return 0;
  return a.path.compare(b.path);
}

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
