// SPDX-License-Identifier: Apache-2.0
// What tables without data cost. Measured at the allocator, so not part of
// sanitizer builds, which replace it.
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

size_t HeapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(EngineMemory, TableOf16PartitionsWithoutDataIsBelow64KiB) {
  EngineHarness world;
  world.tables = {TestSchema(1)};  // the first one also pays for the engine
  ASSERT_TRUE(world.Open().ok());
  world.executor().RunUntilIdle();
  const size_t before = HeapBytes();
  ASSERT_TRUE(world.engine().CreateTable(TestSchema(2)).ok());
  EXPECT_LT(HeapBytes() - before, size_t{64} << 10);
}

TEST(EngineMemory, ThousandTablesWithoutDataStayBelow64MiB) {
  EngineHarness world;
  for (uint32_t id = 1; id <= 1000; ++id) {
    world.tables.push_back(TestSchema(id));
  }
  const size_t before = HeapBytes();
  ASSERT_TRUE(world.Open().ok());
  world.executor().RunUntilIdle();
  const size_t with_tables = HeapBytes() - before;
  EXPECT_LT(with_tables, size_t{64} << 20);
  EXPECT_LT(world.engine().status().memtable_bytes, 16'000 * 1024);
  RecordProperty("bytes", static_cast<int>(with_tables));
}

}  // namespace
}  // namespace rowan
