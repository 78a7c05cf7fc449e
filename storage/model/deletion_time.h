// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_DELETION_TIME_H_
#define ROWAN_STORAGE_MODEL_DELETION_TIME_H_

#include <cstdint>
#include <limits>

namespace rowan {

inline constexpr int64_t kNoTimestamp = std::numeric_limits<int64_t>::min();

// When something was deleted. `timestamp` (microseconds) decides what is
// hidden: everything with a timestamp at or below it. `local_time_s` (seconds
// since 1970, when the deletion was written here) decides when the tombstone
// may be purged. kNoTimestamp means "not deleted".
struct DeletionTime {
  int64_t timestamp = kNoTimestamp;
  uint32_t local_time_s = 0;

  constexpr bool none() const { return timestamp == kNoTimestamp; }
  // Whether data written at `written` is hidden by this deletion (ties hide).
  constexpr bool Hides(int64_t written) const {
    return !none() && written <= timestamp;
  }
  // Whether this one wins over `other`: larger timestamp, then larger local
  // time (Cassandra, DeletionTime ordering).
  constexpr bool Supersedes(const DeletionTime& other) const {
    return timestamp != other.timestamp ? timestamp > other.timestamp
                                        : local_time_s > other.local_time_s;
  }
  friend constexpr bool operator==(const DeletionTime&,
                                   const DeletionTime&) = default;
};

constexpr DeletionTime Newer(const DeletionTime& a, const DeletionTime& b) {
  return b.Supersedes(a) ? b : a;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_DELETION_TIME_H_
