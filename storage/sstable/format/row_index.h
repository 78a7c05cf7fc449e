// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_ROW_INDEX_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_ROW_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/deletion_time.h"
#include "storage/sstable/format/format.h"
#include "storage/sstable/format/offset_list.h"

namespace rowan {

// The index of one large wide row: a tree whose leaves name its parts. It is
// written as the wide row is, so that neither side holds more than one node a
// level, and stands in the file behind what it names.

struct RowIndexEntry {
  // Above every position before the block, at or below every one in it; as
  // short as that allows, and not always a position itself. Empty for the
  // first block of all.
  std::string_view separator;
  // The range deletion in force before the block's first fragment: without it,
  // a reader that begins here would bring deleted rows back.
  DeletionTime open;
  BlockHandle block;
};

void PutRowIndexEntry(const RowIndexEntry& entry, std::string* out);
// From a whole item. kDataLoss.
absl::Status DecodeRowIndexEntry(std::string_view item, RowIndexEntry* entry);

// A node's list of entries. A view; thread-compatible.
class RowIndexNode {
 public:
  // `payload`: u8 level, offset list. kDataLoss; also for a node without
  // entries. Level 0 names parts, level n nodes of level n - 1.
  absl::Status Parse(std::string_view payload);

  size_t level() const { return level_; }
  size_t count() const { return entries_.count(); }
  absl::StatusOr<RowIndexEntry> Entry(size_t i) const;
  // The last entry with a separator at or below `bound`, or 0.
  absl::StatusOr<size_t> Find(std::string_view bound) const;

 private:
  size_t level_ = 0;
  OffsetList entries_;
};

// Trees are this deep at most; at two hundred entries a node, four levels are
// 13 TB.
inline constexpr size_t kRowIndexLevelsMax = 16;

// Gathers the entries of one large wide row. Thread-compatible.
class RowIndexBuilder {
 public:
  // Writes a kRowIndex block and answers where it stands.
  using WriteNode =
      absl::FunctionRef<absl::StatusOr<BlockHandle>(std::string_view payload)>;

  absl::Status Add(const RowIndexEntry& entry, WriteNode write);
  // Writes all nodes but the root and appends the root's payload to *out.
  // REQUIRES: an entry was added. Leaves the builder empty.
  absl::Status Finish(WriteNode write, std::string* out);

  bool empty() const { return levels_.empty(); }

 private:
  struct Level {
    OffsetListBuilder entries;
    std::string first_separator;
    DeletionTime first_open;
  };

  absl::Status AddAt(size_t level, const RowIndexEntry& entry, WriteNode write);
  // Writes the node of `level` and names it one level up.
  absl::Status Close(size_t level, WriteNode write);

  std::vector<Level> levels_;
};

// The shortest prefix of `at` that is above `before`. REQUIRES: before < at.
std::string_view ShortestSeparator(std::string_view before,
                                   std::string_view at);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_ROW_INDEX_H_
