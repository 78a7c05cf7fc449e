// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_ROW_INDEX_CURSOR_H_
#define ROWAN_STORAGE_SSTABLE_ROW_INDEX_CURSOR_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "storage/sstable/block_source.h"
#include "storage/sstable/format/row_index.h"

namespace rowan {

// Walks the parts of one large wide row through its row index, in both
// directions, holding one node a level. Thread-compatible. Errors are kDataLoss
// naming path and offset, or WouldBlock(). After kDataLoss of Seek, Next or
// Previous the cursor stands on what could not be read: Bounds tells it, and
// Next goes on behind it. After other errors it is good for Seek and Reset
// only.
class RowIndexCursor {
 public:
  RowIndexCursor(const BlockSource* source, Blocking blocking, ReadStats* stats)
      : source_(source), blocking_(blocking), stats_(stats) {}

  void MayWait() { blocking_ = Blocking::kMayWait; }

  // Onto the tree whose root's payload is `node`, from the block at `offset`.
  // The bytes live as long as the cursor stays on this tree.
  absl::Status Reset(std::string_view node, uint64_t offset);

  // To the last part whose separator is at or below `bound`, or the first.
  absl::Status Seek(std::string_view bound);
  // To the neighbour; false when there is none (and the cursor stays).
  absl::StatusOr<bool> Next();
  absl::StatusOr<bool> Previous();

  // The part. REQUIRES: a Seek succeeded. Valid until the cursor moves.
  const RowIndexEntry& entry() const { return entry_; }

  // The positions [*from, *to) of what the cursor stands on: a part, or all
  // below a node that could not be read. Empty: from the first, to the last.
  void Bounds(std::string* from, std::string* to) const;

 private:
  struct Node {
    RowIndexNode node;
    size_t at = 0;
    uint64_t offset = 0;
    BlockBuffer buffer;  // unused in the root
  };

  // Moves the deepest node that has a neighbour in `step`'s direction.
  absl::StatusOr<bool> Step(bool forward);
  // Reads the child that path_[depth] is on into path_[depth + 1].
  absl::Status ReadChild(size_t depth);
  absl::Status ReadEntry(const Node& node, RowIndexEntry* entry) const;

  const BlockSource* const source_;
  Blocking blocking_;
  ReadStats* const stats_;
  // From the root down; all of them in use (level of the root + 1).
  std::vector<std::unique_ptr<Node>> path_;
  // So many of them, from the root, hold the way to where the cursor stands:
  // all but after an error.
  size_t known_ = 0;
  RowIndexEntry entry_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_ROW_INDEX_CURSOR_H_
