// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_MEMTABLE_MUTATIONS_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_MEMTABLE_MUTATIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/memtable/memtable.h"
#include "storage/model/mutation.h"

namespace rowan {

// What a memtable holds, given back as mutations: one per wide row, each as it
// is at one version, with its tombstones, static row, timestamps and TTLs. To
// insert them anywhere is to insert what they were made of. Wide rows that come
// while it goes on are given or not.
//
// Thread-compatible; the memtable outlives it.
class MemtableMutations {
 public:
  MemtableMutations(const Memtable* memtable, TableId table)
      : memtable_(memtable), table_(table) {}

  // The next wide rows, at most kWideRowsMax and `bytes` encoded, but at least
  // one; none when all were given. They own what they show.
  absl::StatusOr<std::vector<Mutation>> Next(size_t bytes);

  static constexpr size_t kWideRowsMax = 256;

 private:
  const Memtable* const memtable_;
  const TableId table_;
  bool at_end_ = false;
  Token token_ = Token::Min();  // where to go on
  std::string partition_key_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_MEMTABLE_MUTATIONS_H_
