// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_ROW_ITERATOR_H_
#define ROWAN_STORAGE_MODEL_ROW_ITERATOR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "partitioner/token.h"
#include "storage/model/deletion_time.h"

namespace rowan {

enum class Direction { kForward, kReverse };

// What stands at the head of a wide row. Views live until the iterator moves
// to another wide row.
struct WideRowHead {
  Token token;
  std::string_view partition_key;
  DeletionTime deletion;        // the wide-row tombstone, if any
  std::string_view static_row;  // a row image; empty: none
};

// One thing inside a wide row: a row, or a place where the range deletion in
// force changes. Views live until the iterator moves.
struct RowFragment {
  enum class Kind : uint8_t { kRow, kDeletionChange };
  Kind kind = Kind::kRow;
  std::string_view position;  // key_codec.h: a row's position or a bound
  std::string_view image;     // kRow: the row image (model/row.h)
  DeletionTime below;         // kDeletionChange: in force just below `position`
  DeletionTime above;         // ... and just above it (in key order, whatever
                              // the direction of travel)
};

// A stream of wide rows in ascending (token, partition key) order, and inside
// the current one a stream of fragments in position order or its reverse. Every
// source (memtable, SSTable) and every combinator (merge, purge) is one; one
// conformance suite holds them all.
//
// Thread-compatible. Rules:
//  1. Nothing is positioned before the first SeekWideRow or after an error; an
//     error is final, but for WouldBlock() inside a wide row (rule 6).
//  2. Positions within a wide row are strictly monotonic: no position twice.
//  3. Deletion changes join: `below` of one equals `above` of the previous one
//     in key order; the first and last have none() outside; a change changes.
//  4. The images of a source may hold data that its own deletions hide; the
//     merge applies them.
//  5. A wide row may be left before its fragments are read.
//  6. After WouldBlock() of SeekRow or NextRow where HasWideRow() still holds,
//     the iterator stays on the wide row as it was, and SeekRow goes on in it.
// A status for which IsWouldBlock() holds comes only from iterators told not to
// wait for the disk.
class RowIterator {
 public:
  virtual ~RowIterator() = default;

  // To the first wide row at or after (token, partition_key).
  virtual absl::Status SeekWideRow(Token token,
                                   std::string_view partition_key) = 0;
  virtual absl::Status NextWideRow() = 0;
  virtual bool HasWideRow() const = 0;
  // REQUIRES: HasWideRow().
  virtual const WideRowHead& wide_row() const = 0;

  // Forward: to the first fragment at or after `bound`. Reverse: to the last
  // fragment below `bound`. `bound` is a bound, never a row's position.
  // Afterwards open_deletion() is the range deletion in force right at `bound`
  // on the side of travel (none() if none), before the fragment that follows.
  virtual absl::Status SeekRow(std::string_view bound, Direction direction) = 0;
  virtual absl::Status NextRow() = 0;
  virtual bool HasRow() const = 0;
  // REQUIRES: HasRow().
  virtual const RowFragment& row() const = 0;
  virtual DeletionTime open_deletion() const = 0;

  // From now on it may wait for the disk.
  virtual void MayWait() {}
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_ROW_ITERATOR_H_
