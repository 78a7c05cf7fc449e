// SPDX-License-Identifier: Apache-2.0
// A million tombstones in front of one live row. Memory is counted at the
// allocator, so not part of sanitizer builds, which replace it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <optional>
#include <vector>

#include "tests/lib/engine_harness.h"

namespace {

std::atomic<int64_t> live_bytes{0};
std::atomic<int64_t> peak_bytes{0};

void Count(void* memory) {
  const auto size = static_cast<int64_t>(malloc_usable_size(memory));
  const int64_t live = live_bytes.fetch_add(size) + size;
  int64_t peak = peak_bytes.load();
  while (live > peak && !peak_bytes.compare_exchange_weak(peak, live)) {
  }
}

}  // namespace

void* operator new(size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  Count(memory);
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  live_bytes.fetch_sub(static_cast<int64_t>(malloc_usable_size(memory)));
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept { operator delete(memory); }

namespace rowan {
namespace {

constexpr TableId kTable{1};
constexpr int64_t kTombstones = 1'000'000;
constexpr int64_t kBatch = 5'000;
constexpr int64_t kPageBytesMax = 2 << 20;

enum class Kind { kRow, kRange, kExpired };

class Nothing : public RowConsumer {
 public:
  size_t OnRow(const ResultRow& row) override {
    last = TestClustering(*TestSchema(1), row.position);
    return 1;
  }
  int64_t last = -1;
};

class MillionTombstones : public testing::Test {
 protected:
  MillionTombstones() {
    TableOptions options;
    options.partition_prefix_length = 0;
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
    world_.options.memtable_limit_bytes = int64_t{4} << 30;
    world_.options.partition_memtable_bytes_max = int64_t{2} << 30;
    world_.options.log_bytes_max = int64_t{2} << 30;
    world_.log_options.segment_bytes = 8 << 20;
    EXPECT_TRUE(world_.Open().ok());
    now_s_ = world_.clock().WallSeconds();
  }

  // In front of row kTombstones, kinds in turn by batch; `step` apart.
  void Fill(const std::vector<Kind>& kinds, int64_t step = 1) {
    size_t batch = 0;
    for (int64_t ck = 0; ck < kTombstones; ck += kBatch) {
      TestMutation mutation(schema_, "k");
      for (int64_t i = ck; i < ck + kBatch; i += step) {
        Add(kinds[batch % kinds.size()], i, &mutation);
      }
      ASSERT_TRUE(world_.Write(mutation).ok());
      ++batch;
    }
    ASSERT_TRUE(
        world_.Write(TestMutation(schema_, "k").Put(kTombstones, "live", 10))
            .ok());
  }

  // Page after page; each is small, tells why it ended and moves on.
  void ReadToTheLiveRow(bool reverse) {
    ReadCommand command;
    command.table = kTable;
    command.partition_key = "k";
    command.token = TokenOfKey("k");
    command.reverse = reverse;
    command.now_s = now_s_;
    Nothing rows;
    uint64_t scanned = 0, shown = 0;
    for (int pages = 0; pages < 1000; ++pages) {
      const int64_t before = live_bytes.load();
      peak_bytes.store(before);
      const PageEnd end = Page(command, &rows);
      ASSERT_LT(peak_bytes.load() - before, kPageBytesMax);
      scanned += end.stats.rows_scanned;
      shown += end.rows;
      if (!end.resume.has_value()) {
        EXPECT_EQ(end.reason, EndReason::kExhausted);
        EXPECT_EQ(shown, 1u);
        EXPECT_EQ(rows.last, kTombstones);
        // No page went over what another had passed.
        EXPECT_LE(scanned, static_cast<uint64_t>(kTombstones) + 1);
        EXPECT_GT(pages, 90);
        return;
      }
      ASSERT_EQ(end.reason, EndReason::kTombstones);
      command.resume = end.resume;
    }
    FAIL() << "the read doesn't come to its end";
  }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
  uint32_t now_s_ = 0;

 private:
  void Add(Kind kind, int64_t ck, TestMutation* mutation) {
    switch (kind) {
      case Kind::kRow:
        mutation->DeleteRow(ck, {ck + 1, now_s_});
        return;
      case Kind::kRange:
        mutation->DeleteRange(ck, ck, {ck + 1, now_s_});
        return;
      case Kind::kExpired:
        mutation->PutExpiring(ck, "gone", 10, 5, now_s_ - 1);
        return;
    }
  }
  PageEnd Page(const ReadCommand& command, RowConsumer* rows) {
    std::optional<absl::StatusOr<PageEnd>> end;
    world_.engine().Read(command, rows, [&](absl::StatusOr<PageEnd> page) {
      end = std::move(page);
    });
    EXPECT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
    EXPECT_TRUE(end->ok()) << end->status();
    return **std::move(end);
  }
};

TEST_F(MillionTombstones, OfRowsAndExpiredCellsCostBoundedMemoryAndNoError) {
  Fill({Kind::kRow, Kind::kExpired});
  if (HasFatalFailure()) return;
  for (const bool reverse : {false, true}) ReadToTheLiveRow(reverse);
  ASSERT_TRUE(world_.Flush(kTable).ok());
  for (const bool reverse : {false, true}) ReadToTheLiveRow(reverse);
}

// Each has two ends. In a memtable a page sorts all ranges of its wide row, so
// that there the memtable's size is the bound.
TEST_F(MillionTombstones, AtTheEndsOfRangesCostBoundedMemoryAndNoError) {
  Fill({Kind::kRange}, 2);
  if (HasFatalFailure()) return;
  ASSERT_TRUE(world_.Flush(kTable).ok());
  for (const bool reverse : {false, true}) ReadToTheLiveRow(reverse);
}

}  // namespace
}  // namespace rowan
