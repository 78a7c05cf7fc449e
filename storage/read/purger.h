// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PURGER_H_
#define ROWAN_STORAGE_READ_PURGER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "partitioner/token.h"
#include "storage/model/row.h"

namespace rowan {

// Knows what lies outside of a merge: the partition's other SSTables, its
// memtables, and what the commit log holds beyond them.
class PurgeOracle {
 public:
  virtual ~PurgeOracle() = default;
  // A timestamp at or below that of everything which those sources may hold
  // for the wide row now; INT64_MAX when they hold nothing of it. Called at
  // most once per wide row, and only when a tombstone there is old enough.
  virtual int64_t MaxPurgeableTimestamp(Token token,
                                        std::string_view partition_key) = 0;
};

// Decides what of one wide row is of no use to anyone any more. A tombstone
// goes when both hold:
//  1. grace: it was written (PurgeTime) more than `grace_s` seconds before
//     `now_s`, so every replica has had the time to learn of it;
//  2. proof: its timestamp is below the oracle's, so nothing is left that it
//     could hide.
// An expired cell is a tombstone written when the cell was; an expired row
// marker counts from its expiry, as in Cassandra.
//
// Thread-compatible; the oracle outlives it. At now_s 0 everything stays, and
// there need be no oracle.
class Purger {
 public:
  Purger(PurgeOracle* oracle, uint32_t now_s, uint32_t grace_s)
      : oracle_(oracle),
        now_s_(now_s),
        before_s_(now_s > grace_s ? now_s - grace_s : 0) {}

  // Everything asked from now on is of this wide row. `partition_key` lives
  // until the next call.
  void EnterWideRow(Token token, std::string_view partition_key);

  bool MayDrop(const DeletionTime& deletion);
  bool Expired(const Liveness& marker) const { return !marker.LiveAt(now_s_); }
  // Drops what may go and turns expired cells that may not into tombstones.
  // Returns whether *row changed. REQUIRES: what the deletions in *row hide is
  // gone already (ApplyDeletion): without its deletion it would be seen again.
  bool PurgeRow(Row* row);

 private:
  bool MayDrop(int64_t timestamp, uint32_t local_time_s) {
    return MayDrop(DeletionTime{timestamp, local_time_s});
  }

  PurgeOracle* const oracle_;
  const uint32_t now_s_;
  const uint32_t before_s_;
  Token token_;
  std::string_view partition_key_;
  std::optional<int64_t> max_purgeable_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PURGER_H_
