// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_RECONCILE_H_
#define ROWAN_STORAGE_MODEL_RECONCILE_H_

#include <span>

#include "storage/model/row.h"

namespace rowan {

// Cassandra's merge rules (db/rows/Cells.java, db/LivenessInfo.java), which
// every node and every source order must agree on. All functions are pure,
// commutative, associative, idempotent and look at no clock.

// Of two cells of one place (ComparePlaces() is 0) the one that stays:
//  1. higher timestamp;
//  2. tombstone or expiring over plain live;
//  3. pure tombstone over expiring;
//  4. later local deletion time (expiry);
//  5. of two expiring with one expiry: the smaller ttl (later write);
//  6. larger value bytes, unsigned.
// Column deletions meet only each other there; rules 1 and 4 decide.
const Cell& Winner(const Cell& a, const Cell& b);

// Later timestamp; then expiring over plain; then later expiry; then smaller
// ttl (later write).
const Liveness& Winner(const Liveness& a, const Liveness& b);

// Merges `from` into `into` place by place (both ascending by ComparePlaces());
// the newer row deletion stays and nothing is dropped yet.
void MergeRow(const Row& from, Row* into);

// Drops from `row` what `outer` (wide-row or range deletion) or the row's own
// deletion hides, column deletions included, and what the column deletions that
// stay hide in their columns; drops the row's deletion when `outer` supersedes
// or equals it.
void ApplyDeletion(const DeletionTime& outer, Row* row);

// Removes the cells of `columns` (ascending), whatever they are. Commutes with
// all of the above. Returns whether *row changed.
bool RemoveColumns(std::span<const ColumnId> columns, Row* row);

// Removes what a reader at `now_s` doesn't see: the row's deletion, column
// deletions, tombstones, expired cells and an expired marker; what these hide
// ApplyDeletion() drops before. Returns whether the row is visible: a live
// marker or at least one live cell.
bool KeepLive(uint32_t now_s, Row* row);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_RECONCILE_H_
