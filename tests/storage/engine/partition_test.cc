// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/state/partition.h"

#include <gtest/gtest.h>

#include "tests/storage/engine/counting_log.h"

namespace rowan {
namespace {

TEST(Partition, RecordOfTheNewMemtableIsNeverBelowTheFlushedPosition) {
  CountingLog log;
  MemoryBudget budget(1 << 20);
  EpochDomain epochs;
  Partition partition(TableId{1}, PartitionId{0, 0}, &budget, &epochs);
  bool last_gone = false;
  const auto append = [&](LogAppend* record) {
    MemtableSlot* const slot = partition.Pin(log, &last_gone);
    EXPECT_TRUE(log.Append(
                       10, [](std::span<char>) {}, record)
                    .ok());
    return slot;
  };
  LogAppend first, late;
  append(&first);
  // Another writer comes while the switch looks at the log. If its memtable is
  // not the one that is flushed, a crash must find its record in the log.
  MemtableSlot* its_slot = nullptr;
  partition.Seal([&] {
    its_slot = append(&late);
    return log.Tail();
  });
  const auto sealed = partition.OldestSealed();
  ASSERT_TRUE(sealed.has_value());
  if (its_slot != sealed->slot.get()) {
    EXPECT_GE(late.position, sealed->flushed_to);
  }
}

}  // namespace
}  // namespace rowan
