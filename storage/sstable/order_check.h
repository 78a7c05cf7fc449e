// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_
#define ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_

#include <string>

#include "partitioner/partition_id.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// Holds a writer's input to the rules of RowIterator (order, joining deletion
// changes) and to its partition. A broken rule is the caller's bug and would
// become a file with wrong answers, so it stops the process. Costs one
// comparison of keys or positions a call. Thread-compatible.
class OrderCheck {
 public:
  explicit OrderCheck(PartitionId partition) : partition_(partition) {}

  void BeginWideRow(const WideRowHead& head);
  void Add(const RowFragment& fragment);
  void EndWideRow();
  void Finish();

 private:
  const PartitionId partition_;
  bool any_ = false;
  bool in_wide_row_ = false;
  Token token_;
  std::string key_;
  std::string position_;
  DeletionTime open_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_ORDER_CHECK_H_
