// SPDX-License-Identifier: Apache-2.0
// A page shows each wide row as it was at one moment, also when it has to wait
// for the disk in the middle of it and the world moves on meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

constexpr TableId kTable{1};
constexpr int64_t kRows = 1000;  // of a few blocks
constexpr int64_t kFirstChanged = 1, kLastChanged = 900;
const std::string kOld(100, 'o'), kNew = "new";

// Does something at its first row, as another thread would meanwhile.
class DisturbedConsumer final : public RowConsumer {
 public:
  explicit DisturbedConsumer(std::function<void()> disturb)
      : disturb_(std::move(disturb)) {}
  size_t OnRow(const ResultRow& row) override {
    if (disturb_) std::exchange(disturb_, nullptr)();
    const int64_t ck = TestClustering(*TestSchema(1), row.position);
    EXPECT_FALSE(rows.contains(ck)) << ck << " is shown twice";
    rows[ck] = row.row->cells.at(0).value;
    statics.emplace(row.static_row->cells.at(0).value);
    return 1;
  }
  std::map<int64_t, std::string> rows;
  std::set<std::string> statics;

 private:
  std::function<void()> disturb_;
};

class PageIsolationTest : public testing::TestWithParam<bool> {
 protected:
  // The old rows in one SSTable of many blocks, of which the one where the
  // read begins is in memory.
  PageIsolationTest() : reverse_(GetParam()) {
    world_.tables = {TestSchema(1)};
    EXPECT_TRUE(world_.Open().ok());
    for (int64_t ck = 0; ck < kRows; ck += 100) {
      TestMutation old = On("k").PutStatic(kOld, 10);
      for (int64_t i = ck; i < ck + 100; ++i) old.Put(i, kOld, 10);
      EXPECT_TRUE(world_.Write(old).ok());
    }
    EXPECT_TRUE(world_.Flush(kTable).ok());
    world_.fs().DropCache();
    ReadCommand warm = Command();
    warm.limit = 1;
    EXPECT_EQ(world_.ReadAll(warm).value().size(), 1u);
  }

  TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  ReadCommand Command() {
    ReadCommand command;
    command.table = kTable;
    command.partition_key = "k";
    command.token = TokenOfKey("k");
    command.reverse = reverse_;
    return command;
  }
  void WriteNew() {
    TestMutation change = On("k").PutStatic(kNew, 20);
    ASSERT_TRUE(
        world_
            .Write(
                change.Put(kFirstChanged, kNew, 20).Put(kLastChanged, kNew, 20))
            .ok());
  }

  // One page, and `disturb` after its first row, in memory still.
  DisturbedConsumer Page(const ReadCommand& command,
                         std::function<void()> disturb) {
    bool disturbed = false;
    DisturbedConsumer rows([&] {
      disturb();
      disturbed = true;
    });
    std::optional<absl::StatusOr<PageEnd>> end;
    world_.engine().Read(command, &rows, [&](absl::StatusOr<PageEnd> page) {
      end = std::move(page);
    });
    EXPECT_TRUE(disturbed) << "no row was in memory";
    EXPECT_FALSE(end.has_value()) << "all was in memory";
    EXPECT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
    EXPECT_TRUE(end->ok()) << end->status();
    EXPECT_EQ((*end)->stats.waits, 1u);
    return rows;
  }
  static void ExpectAllOld(const DisturbedConsumer& shown) {
    EXPECT_EQ(shown.rows.size(), static_cast<size_t>(kRows));
    EXPECT_EQ(shown.rows.at(kFirstChanged), kOld);
    EXPECT_EQ(shown.rows.at(kLastChanged), kOld) << "half of a write";
    EXPECT_EQ(shown.statics, std::set{kOld});
  }
  void ExpectNewInTheNextPage() {
    DisturbedConsumer shown(nullptr);
    std::optional<absl::Status> end;
    const ReadCommand command = Command();
    world_.engine().Read(
        command, &shown,
        [&](const absl::StatusOr<PageEnd>& page) { end = page.status(); });
    ASSERT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
    EXPECT_EQ(shown.rows.at(kFirstChanged), kNew);
    EXPECT_EQ(shown.rows.at(kLastChanged), kNew);
    EXPECT_EQ(shown.statics, std::set{kNew});
  }

  const bool reverse_;
  EngineHarness world_;
};

TEST_P(PageIsolationTest, WriteIntoTheWideRowsMemtableIsNotShownByHalf) {
  ASSERT_TRUE(world_.Write(On("k").Put(kRows / 2, kOld, 11)).ok());
  ExpectAllOld(Page(Command(), [this] { WriteNew(); }));
  ExpectNewInTheNextPage();
}

TEST_P(PageIsolationTest, WriteIntoAnEmptyMemtableIsNotShownByHalf) {
  ExpectAllOld(Page(Command(), [this] { WriteNew(); }));
  ExpectNewInTheNextPage();
}

TEST_P(PageIsolationTest, WriteIntoAMemtableOfOthersIsNotShownByHalf) {
  for (const char* other : {"a", "b", "c", "d", "e", "f"}) {
    ASSERT_TRUE(world_.Write(On(other).Put(1, "x", 10)).ok());
  }
  ExpectAllOld(Page(Command(), [this] { WriteNew(); }));
  ExpectNewInTheNextPage();
}

TEST_P(PageIsolationTest, NorIsOneThatIsFlushedAndMergedMeanwhile) {
  ASSERT_TRUE(world_.Write(On("k").Put(kRows / 2, kOld, 11)).ok());
  ExpectAllOld(Page(Command(), [this] {
    WriteNew();
    ASSERT_TRUE(world_.Flush(kTable).ok());
    ASSERT_TRUE(world_.Compact(kTable).ok());
    world_.fs().DropCache();  // merging has read all
  }));
  ExpectNewInTheNextPage();
}

TEST_P(PageIsolationTest, NorIsADeletionOfTheWideRow) {
  ExpectAllOld(Page(Command(), [this] {
    ASSERT_TRUE(world_.Write(On("k").DeleteWideRow({20, 1})).ok());
  }));
  EXPECT_THAT(world_.ReadAll(Command()).value(), testing::IsEmpty());
}

TEST_P(PageIsolationTest, NorInSeveralSlices) {
  ReadCommand command = Command();
  const auto schema = TestSchema(1);
  command.slices = {{TestBound(*schema, 0, BoundSide::kBefore),
                     TestBound(*schema, 399, BoundSide::kAfter)},
                    {TestBound(*schema, 400, BoundSide::kBefore),
                     TestBound(*schema, kRows, BoundSide::kAfter)}};
  ExpectAllOld(Page(command, [this] { WriteNew(); }));
}

TEST_P(PageIsolationTest, NorInAReadOfSeveralKeys) {
  ReadCommand command = Command();
  command.partition_key.reset();
  command.wide_rows = {{TokenOfKey("k"), "k"}};
  ExpectAllOld(Page(command, [this] { WriteNew(); }));
}

TEST_P(PageIsolationTest, NorInAReadOfARange) {
  ReadCommand command = Command();
  command.partition_key.reset();
  ExpectAllOld(Page(command, [this] { WriteNew(); }));
}

INSTANTIATE_TEST_SUITE_P(, PageIsolationTest, testing::Bool(),
                         [](const auto& direction) {
                           return direction.param ? "Reverse" : "Forward";
                         });

}  // namespace
}  // namespace rowan
