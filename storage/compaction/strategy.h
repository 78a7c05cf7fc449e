// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_COMPACTION_STRATEGY_H_
#define ROWAN_STORAGE_COMPACTION_STRATEGY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "partitioner/token.h"
#include "storage/base/ids.h"

namespace rowan {

// What the strategy knows of one SSTable of a partition. Plain values.
struct CompactionFile {
  FileId file;
  uint64_t bytes = 0;
  Token first_token, last_token;  // both inclusive
};

// A merge that is worth doing now.
struct CompactionPick {
  std::vector<FileId> inputs;  // oldest first
  uint64_t input_bytes = 0;
  uint32_t output_level = 0;  // if nothing in the inputs goes
};

// Which SSTables of one partition to merge: density levels, as in Cassandra's
// UnifiedCompactionStrategy. Files of about one size form a level; a level in
// which too many files overlap is merged into one file, which is then of a
// higher level. One number, the scaling parameter w, moves between few files to
// read (leveled, w < 0) and few bytes rewritten (tiered, w > 0):
//
//   fan-out f   = 2 - w if w < 0, else 2 + w
//   threshold t = 2     if w < 0, else f    (so many overlapping files: due)
//   level       = floor(log_f(bytes / base)), at least 0
//
// A partition's files all spread over its whole token range, so the density of
// a file is its size. Pure: no I/O, no state; thread-safe.
class CompactionStrategy {
 public:
  // A merge of more files would hold as many blocks in memory; the oldest go
  // first.
  static constexpr size_t kInputsMax = 32;

  // `scaling` in -32..32; `base_bytes` > 0: the size of a usual flush.
  CompactionStrategy(int32_t scaling, uint64_t base_bytes);

  uint32_t fan_out() const { return fan_out_; }
  uint32_t threshold() const { return threshold_; }
  uint32_t LevelOf(uint64_t bytes) const;

  // The most useful merge among `files` (one partition's, without those in a
  // running merge): of the lowest level that is due the group with the most
  // files. Nullopt: nothing is due.
  std::optional<CompactionPick> Pick(
      std::span<const CompactionFile> files) const;

  // Bytes of the files in groups that are due: the debt.
  uint64_t PendingBytes(std::span<const CompactionFile> files) const;

 private:
  using Group = std::vector<CompactionFile>;
  // Groups of overlapping files, each of one level, that are due; lowest level
  // first, most files first within one.
  std::vector<Group> DueGroups(std::span<const CompactionFile> files) const;
  void AddDueGroups(std::vector<CompactionFile> level,
                    std::vector<Group>* due) const;

  const uint32_t fan_out_;
  const uint32_t threshold_;
  const uint64_t base_bytes_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_COMPACTION_STRATEGY_H_
