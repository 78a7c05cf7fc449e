// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/read/page_reader.h"
#include "tests/lib/sim_clock.h"
#include "tests/storage/read/page_run.h"
#include "tests/storage/read/random_writes.h"
#include "tests/storage/read/read_reference.h"

namespace rowan {
namespace {

constexpr uint64_t kSeeds = 150;
// Between the tokens of RandomWrites: two partitions.
constexpr Token kSplit{20};
const Partitions kPartitions = {kSplit, Token::Max()};

class PageReaderRandom : public testing::Test {
 protected:
  // Runs `check` with fresh writes, sources and a command for every seed.
  template <typename Check>
  void ForEachSeed(Check check) {
    for (uint64_t seed = 0; seed < kSeeds && !HasFailure(); ++seed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed);
      SimRandom random(seed);
      const auto writes = RandomWrites(&random, 20 + random.Below(100));
      const auto dealt = Deal(writes, 1 + random.Below(5), &random);
      const ReadCommand command = RandomCommand(&random);
      check(command, dealt, ReferenceRead(writes, command));
    }
  }

  static OpenSources Open(
      const std::vector<std::vector<const Mutation*>>& dealt) {
    return [&dealt](size_t partition, int) {
      return partition == 0 ? SourcesOf(dealt, Token::Min(), kSplit)
                            : SourcesOf(dealt, Token{kSplit.value + 1});
    };
  }

  SimClock clock_;
};

TEST_F(PageReaderRandom, OnePageShowsWhatTheRulesSay) {
  ForEachSeed([&](const ReadCommand& command, const auto& dealt,
                  const std::vector<ShownRow>& expected) {
    RowCollector rows;
    RunPage(command, kPartitions, Open(dealt), clock_, &rows);
    EXPECT_THAT(rows.rows, testing::ElementsAreArray(expected));
  });
}

TEST_F(PageReaderRandom, PagesOfAnySizeAddUpToTheSame) {
  ForEachSeed([&](ReadCommand command, const auto& dealt,
                  const std::vector<ShownRow>& expected) {
    for (command.page_rows_max = 1; command.page_rows_max <= 3;
         ++command.page_rows_max) {
      EXPECT_THAT(RunAllPages(command, kPartitions, Open(dealt), clock_),
                  testing::ElementsAreArray(expected))
          << "pages of " << command.page_rows_max;
    }
  });
}

TEST_F(PageReaderRandom, PagesEndedByBytesAndTombstonesAddUpToTheSame) {
  ForEachSeed([&](ReadCommand command, const auto& dealt,
                  const std::vector<ShownRow>& expected) {
    command.page_bytes_max = 2;
    command.page_tombstones_max = 1;
    EXPECT_THAT(RunAllPages(command, kPartitions, Open(dealt), clock_),
                testing::ElementsAreArray(expected));
  });
}

TEST_F(PageReaderRandom, BlockingAnywhereChangesNothing) {
  ForEachSeed([&](const ReadCommand& command, const auto& dealt,
                  const std::vector<ShownRow>& expected) {
    // Each attempt gets one move further before it blocks.
    const OpenSources open = [&](size_t partition, int attempt) {
      const Token split{kSplit.value + 1};
      return partition == 0 ? SourcesOf(dealt, Token::Min(), kSplit, attempt)
                            : SourcesOf(dealt, split, Token::Max(), attempt);
    };
    RowCollector rows;
    RunPage(command, kPartitions, open, clock_, &rows);
    EXPECT_THAT(rows.rows, testing::ElementsAreArray(expected));
  });
}

}  // namespace
}  // namespace rowan
