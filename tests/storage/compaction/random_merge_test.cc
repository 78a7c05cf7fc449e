// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/compaction/flush_job.h"
#include "storage/compaction/merge_job.h"
#include "storage/read/merging_iterator.h"
#include "tests/lib/row_iterator_conformance.h"
#include "tests/lib/sim_clock.h"
#include "tests/storage/compaction/table_files.h"
#include "tests/storage/read/page_run.h"
#include "tests/storage/read/random_writes.h"

namespace rowan {
namespace {

constexpr uint64_t kSeeds = 100;

class NothingMayGo final : public PurgeOracle {
 public:
  int64_t MaxPurgeableTimestamp(Token, std::string_view) override {
    return std::numeric_limits<int64_t>::min();
  }
};

template <typename Job>
void RunToEnd(Job* job) {
  for (;;) {
    const absl::StatusOr<bool> finished = job->Step();
    ASSERT_TRUE(finished.ok()) << finished.status();
    if (*finished) return;
  }
}

const Partitions kAll = {Token::Max()};

// The real rooms below this one, on random writes of RandomWrites().
class RandomMerge : public testing::Test {
 protected:
  using Dealt = std::vector<std::vector<const Mutation*>>;

  template <typename Check>
  void ForEachSeed(Check check) {
    for (uint64_t seed = 0; seed < kSeeds && !HasFailure(); ++seed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed);
      SimRandom random(seed);
      const auto writes = RandomWrites(&random, 80, Timestamps::kUnique);
      check(writes, Deal(writes, 4, &random));
    }
  }

  std::unique_ptr<Memtable> MakeMemtable(
      const std::vector<const Mutation*>& mutations) {
    auto memtable = std::make_unique<Memtable>(PartitionId{}, &budget_);
    for (const Mutation* mutation : mutations) {
      std::string bytes(EncodedMutationSize(*mutation), '\0');
      EncodeMutation(*mutation, bytes.data());
      MutationReader reader(bytes);
      EXPECT_TRUE(reader.ReadHeader().ok());
      EXPECT_TRUE(memtable->Insert(&reader).ok());
    }
    return memtable;
  }

  std::shared_ptr<SSTable> Flush(const Memtable& memtable) {
    std::string path = files_.NextPath();
    FlushJob job(memtable, &files_.fs(), std::move(path), files_.NextOptions());
    RunToEnd(&job);
    return job.file().has_value() ? files_.Open(job.file()->file) : nullptr;
  }

  TableFiles files_;
  MemoryBudget budget_{1 << 30};
  NothingMayGo oracle_;
};

TEST_F(RandomMerge, MemtablesAndTheirFilesConform) {
  ForEachSeed([&](const auto&, const Dealt& dealt) {
    const auto memtable = MakeMemtable(dealt[0]);
    ExpectRowIteratorConforms([&] { return memtable->NewIterator(); });
    const std::shared_ptr<SSTable> file = Flush(*memtable);
    if (file == nullptr) return;
    ExpectRowIteratorConforms(
        [&] { return file->NewIterator(Blocking::kMayWait, nullptr); });
  });
}

TEST_F(RandomMerge, ReadersSeeTheSameInMemoryOnDiskAndMerged) {
  ForEachSeed(
      [&](const std::vector<MutationBuilder>& writes, const Dealt& dealt) {
        std::vector<std::unique_ptr<Memtable>> memtables;
        std::vector<std::shared_ptr<SSTable>> tables;
        for (const auto& mutations : dealt) {
          memtables.push_back(MakeMemtable(mutations));
          tables.push_back(Flush(*memtables.back()));
        }
        std::erase(tables, nullptr);
        const auto in_memory = [&](size_t, int) {
          std::vector<std::unique_ptr<RowIterator>> sources;
          for (const auto& memtable : memtables) {
            sources.push_back(memtable->NewIterator());
          }
          return sources;
        };
        const auto on_disk = [&](size_t, int) {
          std::vector<std::unique_ptr<RowIterator>> sources;
          for (const auto& table : tables) {
            sources.push_back(table->NewIterator(Blocking::kMayWait, nullptr));
          }
          return sources;
        };
        ReadCommand command;
        command.now_s = kRandomNow;
        command.page_rows_max = 3;
        for (bool reverse : {false, true}) {
          command.reverse = reverse;
          const auto expected = ReferenceRead(writes, command);
          EXPECT_THAT(RunAllPages(command, kAll, in_memory, SimClock()),
                      testing::ElementsAreArray(expected));
          EXPECT_THAT(RunAllPages(command, kAll, on_disk, SimClock()),
                      testing::ElementsAreArray(expected));
        }

        MergeJobSpec spec;
        spec.inputs = tables;
        spec.fs = &files_.fs();
        spec.path = files_.NextPath();
        spec.output = files_.NextOptions();
        spec.oracle = &oracle_;
        spec.now_s = kRandomNow;
        MergeJob job(std::move(spec));
        RunToEnd(&job);
        ASSERT_EQ(job.result().added.size(), 1u);
        tables = {files_.Open(job.result().added[0].file)};
        EXPECT_THAT(RunAllPages(command, kAll, on_disk, SimClock()),
                    testing::ElementsAreArray(ReferenceRead(writes, command)));
      });
}

}  // namespace
}  // namespace rowan
