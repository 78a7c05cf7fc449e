// SPDX-License-Identifier: Apache-2.0
// Pages of one to three rows, with writes, deletions, flushes, merges and
// restarts between them: what lies behind the place is read as of now, what
// lies before it never again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/lib/engine_harness.h"
#include "tests/storage/read/page_run.h"
#include "tests/storage/read/random_writes.h"
#include "tests/storage/read/read_reference.h"

namespace rowan {
namespace {

// Every wide row lies in another of four partitions, but for the two of one
// token.
constexpr RandomTable kTable{TableId{1}, uint64_t{1} << 59};
constexpr size_t kWrites = 120;

class PagedRead {
 public:
  PagedRead(uint64_t seed, uint64_t page_rows)
      : random_(seed), world_(seed), command_(RandomCommand(&random_, kTable)) {
    TableOptions options;
    options.partition_prefix_length = 2;
    world_.tables = {TestSchema(kTable.id.value, options)};
    world_.clock().SetWallMicros(int64_t{kRandomNow} * 1'000'000);
    EXPECT_TRUE(world_.Open().ok());
    command_.page_rows_max = page_rows;
    if (random_.Below(4) == 0) command_.page_tombstones_max = 2;
    if (random_.Below(4) == 0) command_.page_idle_looks_max = 1;
    to_write_ = RandomWrites(&random_, kWrites, Timestamps::kUnique, kTable);
    Write(kWrites / 2);
  }

  void Run() {
    for (int pages = 0; pages < 500; ++pages) {
      world_.fs().SetCached(random_.Below(2) == 0);
      const PageEnd end = CheckPage();
      if (testing::Test::HasFailure() || !end.resume.has_value()) return;
      command_.limit -= end.rows;
      command_.resume = end.resume;
      Disturb();
    }
    FAIL() << "the read doesn't come to its end";
  }

 private:
  void Write(size_t count) {
    for (; count > 0 && !to_write_.empty(); --count) {
      written_.push_back(std::move(to_write_.back()));
      to_write_.pop_back();
      ASSERT_TRUE(world_.Write(written_.back().mutation()).ok());
    }
  }

  PageEnd CheckPage() {
    std::vector<ShownRow> expected = ReferenceRead(written_, command_);
    const bool fits = expected.size() <= command_.page_rows_max;
    if (!fits) expected.resize(command_.page_rows_max);
    RowCollector rows;
    std::optional<absl::StatusOr<PageEnd>> end;
    world_.engine().Read(command_, &rows, [&](absl::StatusOr<PageEnd> page) {
      end = std::move(page);
    });
    EXPECT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
    if (!end->ok()) {
      ADD_FAILURE() << end->status();
      return {};
    }
    const bool early = (*end)->reason == EndReason::kTombstones ||
                       (*end)->reason == EndReason::kTime;
    if (early) {
      EXPECT_LE(rows.rows.size(), expected.size());
      expected.resize(std::min(expected.size(), rows.rows.size()));
    }
    EXPECT_THAT(rows.rows, testing::ElementsAreArray(expected));
    EXPECT_TRUE(fits || (*end)->resume.has_value());
    return **std::move(end);
  }

  void Disturb() {
    Write(random_.Below(4));
    if (random_.Below(3) == 0) DeleteWhereThePageEnded();
    switch (random_.Below(8)) {
      case 0:
        ASSERT_TRUE(world_.Flush(kTable.id).ok());
        break;
      case 1:
        ASSERT_TRUE(world_.Compact(kTable.id).ok());
        break;
      case 2:
        ASSERT_TRUE(world_.Stop(random_.Below(2) == 0).ok());
        ASSERT_TRUE(world_.Open().ok());
        break;
      case 3:
        world_.PowerCut();
        ASSERT_TRUE(world_.Open().ok());
        break;
      default:
        break;
    }
  }

  // The row that the place names, or its whole wide row.
  void DeleteWhereThePageEnded() {
    const ReadPosition& place = *command_.resume;
    MutationBuilder deletion(place.token.value, place.partition_key, kTable.id);
    const DeletionTime now{1'000'000 + static_cast<int64_t>(written_.size()),
                           kRandomNow};
    if (place.position.empty() || random_.Below(3) == 0) {
      deletion.DeleteWideRow(now);
    } else {
      deletion.DeleteRow(place.position[1], now);
    }
    written_.push_back(std::move(deletion));
    ASSERT_TRUE(world_.Write(written_.back().mutation()).ok());
  }

  SimRandom random_;
  EngineHarness world_;
  ReadCommand command_;
  std::vector<MutationBuilder> to_write_, written_;
};

class PagingTest : public testing::TestWithParam<uint64_t> {};

TEST_P(PagingTest, PagesShowEveryRowOnceWhateverHappensBetweenThem) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    PagedRead(seed * 3 + GetParam(), GetParam()).Run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, PagingTest, testing::Values(1, 2, 3));

}  // namespace
}  // namespace rowan
