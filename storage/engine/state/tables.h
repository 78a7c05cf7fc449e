// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_TABLES_H_
#define ROWAN_STORAGE_ENGINE_STATE_TABLES_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/base/epoch.h"
#include "storage/base/mutex.h"
#include "storage/engine/state/partition.h"
#include "storage/model/schema.h"

namespace rowan {

// One table of the engine: its schema, its directory and its partitions in
// token order. Shared by everything under way on it; a dropped table lives
// until the last of that has ended.
//
// Thread-safe. Memory with 16 empty partitions: under 64 KiB.
class Table {
 public:
  Table(std::shared_ptr<const Schema> schema, std::string directory,
        MemoryBudget* budget, EpochDomain* epochs);

  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // The present version. Whatever works with one keeps it to its end: rows
  // name columns by id, so that an older version reads and writes what a newer
  // one wrote. No lock.
  //
  // Who leaves out the cells of dropped columns for good (flush, merge) must
  // take its version after its inputs; for who takes it before, the columns
  // that it doesn't know are of the future and are kept (Schema::dropped).
  std::shared_ptr<const Schema> schema() const;
  // Later calls of schema() answer `next`. One caller at a time.
  void SetSchema(std::shared_ptr<const Schema> next);
  TableId id() const { return id_; }
  const std::string& directory() const { return directory_; }
  std::string FilePath(FileId file) const;

  Partition& PartitionOf(Token token) {
    return *partitions_[PartitionId::Of(token, prefix_length_).prefix_bits];
  }
  const std::vector<std::unique_ptr<Partition>>& partitions() const {
    return partitions_;
  }

  // Set under the manifest's lock: no edit for the table follows.
  bool dropped() const { return dropped_.load(); }
  void SetDropped() { dropped_.store(true); }

 private:
  // Replaced whole and retired.
  std::atomic<const std::shared_ptr<const Schema>*> schema_;
  EpochDomain* const epochs_;
  const TableId id_;
  const uint8_t prefix_length_;
  const std::string directory_;
  std::vector<std::unique_ptr<Partition>> partitions_;
  std::atomic<bool> dropped_{false};
};

// The tables by id: an immutable map swapped whole, read without a lock.
// Thread-safe.
class Tables {
 public:
  explicit Tables(EpochDomain* epochs);
  ~Tables();

  // Nullptr when unknown.
  std::shared_ptr<Table> Find(TableId id) const;
  // False when the id is there already.
  bool Add(std::shared_ptr<Table> table);
  // The table that was removed; nullptr when unknown.
  std::shared_ptr<Table> Remove(TableId id);
  std::vector<std::shared_ptr<Table>> All() const;

 private:
  using Map = absl::flat_hash_map<TableId, std::shared_ptr<Table>>;

  void Publish(std::unique_ptr<Map> next) ROWAN_REQUIRES(mutex_);

  EpochDomain* const epochs_;
  Mutex mutex_;
  std::atomic<const Map*> map_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_TABLES_H_
