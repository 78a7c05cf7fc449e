// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_
#define ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_

#include <string>

#include "partitioner/partition_id.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// Holds what goes into a file, or comes out of one, to the rules of RowIterator
// (order, joining deletion changes) and to its partition. Each call answers
// which rule is broken, or nullptr: a writer refuses it, since the file
// would give wrong answers; a verifier says so and goes on with the next wide
// row. Costs one comparison of keys or positions a call. Thread-compatible.
class OrderCheck {
 public:
  explicit OrderCheck(PartitionId partition) : partition_(partition) {}

  const char* BeginWideRow(const WideRowHead& head);
  const char* Add(const RowFragment& fragment);
  const char* EndWideRow();
  // Some fragments of the open wide row are missing; `open`: the range deletion
  // in force behind them.
  void SkipRows(const DeletionTime& open) { open_ = open; }

 private:
  const PartitionId partition_;
  bool any_ = false;
  Token token_;
  std::string key_;
  std::string position_;
  DeletionTime open_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_
