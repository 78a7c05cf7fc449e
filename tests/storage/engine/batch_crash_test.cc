// SPDX-License-Identifier: Apache-2.0
// A record of several mutations is there as a whole or not at all, whenever the
// process or the machine dies on its way to the log and on into SSTables.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/lib/engine_harness.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

constexpr TableId kFirst{1}, kSecond{2};
constexpr int kWideRows = 6;
constexpr int kDisksEach = 8;

// A batch over wide rows of two tables, with `value_bytes` in each.
struct Batch {
  explicit Batch(size_t value_bytes) {
    for (int i = 0; i < kWideRows; ++i) {
      mutations.push_back(
          TestMutation(TestSchema(i % 2 == 0 ? 1 : 2), "w" + std::to_string(i))
              .Put(1, std::string(value_bytes, 'x'), 10)
              .Take());
    }
  }
  std::vector<Mutation> mutations;
};

size_t RowsThere(EngineHarness* world) {
  size_t rows = 0;
  for (const TableId table : {kFirst, kSecond}) {
    const auto found = world->Scan(table);
    EXPECT_TRUE(found.ok()) << found.status();
    if (found.ok()) rows += found->size();
  }
  return rows;
}

// Dies at the `step`-th change of the disk; false when there were fewer.
// `keep`: as MemFileSystem::PowerCut; null: only the process dies.
bool DieAtStep(size_t value_bytes, int step, std::function<bool()> keep) {
  EngineHarness world;
  world.tables = {TestSchema(1), TestSchema(2)};
  EXPECT_TRUE(world.Open().ok());
  const Batch batch(value_bytes);
  world.fs().FailNext(FileOp::kAnyChange, "", step, absl::AbortedError("dies"),
                      true);
  std::optional<absl::Status> done;
  world.engine().WriteAtomic(batch.mutations,
                             [&done](absl::Status status) { done = status; });
  EXPECT_TRUE(world.executor().RunUntil([&] { return done.has_value(); }));
  const bool flushed =
      done->ok() && world.Flush(kFirst).ok() && world.Flush(kSecond).ok();
  if (keep != nullptr) world.fs().PowerCut(keep);
  world.Crash();
  world.fs().ClearFaults();
  const absl::Status opened = world.Open();
  EXPECT_TRUE(opened.ok()) << opened;
  if (!opened.ok()) return false;
  const size_t rows = RowsThere(&world);
  EXPECT_TRUE(rows == kWideRows || (rows == 0 && !done->ok()))
      << rows << " rows, the batch was answered " << *done;
  return !flushed;
}

void DieEverywhere(size_t value_bytes) {
  int step = 1;
  for (bool died = true; died && !testing::Test::HasFailure(); ++step) {
    died = DieAtStep(value_bytes, step, nullptr);
    for (uint64_t disk = 0; disk < kDisksEach; ++disk) {
      SCOPED_TRACE(testing::Message() << "step " << step << " disk " << disk);
      // Nothing unsynced is kept, all of it, or some.
      SimRandom random(disk + 1);
      EXPECT_EQ(died, DieAtStep(value_bytes, step, [&random, disk] {
                  return disk == 1 || (disk > 1 && random.Below(2) == 1);
                }));
    }
  }
  EXPECT_GT(step, 10);
}

TEST(BatchCrash, SmallBatchIsThereAsAWholeOrNotAtAll) { DieEverywhere(10); }

TEST(BatchCrash, BatchOfManyBlocksIsThereAsAWholeOrNotAtAll) {
  DieEverywhere(5'000);
}

}  // namespace
}  // namespace rowan
