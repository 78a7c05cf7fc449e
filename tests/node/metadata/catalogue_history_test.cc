// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/catalogue_history.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"

namespace rowan {
namespace {

constexpr char kDirectory[] = "/backup/catalogue";
constexpr int64_t kSecond = 1'000'000;

struct HistoryHarness {
  HistoryHarness() { fs.WriteFile("/backup/README", ""); }

  void Record(uint64_t version, uint64_t position, uint32_t restored = 0) {
    clock.AdvanceSeconds(1);
    durable = {position};
    ASSERT_TRUE(history
                    .Record(version, TableId{restored},
                            "catalogue " + std::to_string(version))
                    .ok());
  }
  std::vector<CatalogueVersion> Read() {
    auto read = CatalogueHistory::Read(&fs, kDirectory);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.value_or(std::vector<CatalogueVersion>());
  }
  // What held `seconds` after the start, when a backup has version 4.
  absl::StatusOr<CatalogueVersion> At(int64_t seconds, uint64_t end) {
    return CatalogueHistory::At(Read(), {.version = 4, .catalogue = "backup's"},
                                start_us + seconds * kSecond, {end});
  }

  SimClock clock;
  MemFileSystem fs;
  LogPosition durable;
  CatalogueHistory history{&fs, kDirectory, &clock, [this] { return durable; }};
  const int64_t start_us = clock.WallMicros();
};

TEST(CatalogueHistory, IsDurableBeforeTheChange) {
  HistoryHarness h;
  EXPECT_TRUE(h.Read().empty());
  h.Record(1, 100);
  h.Record(2, 200, 7);
  h.fs.PowerCut();
  const auto read = h.Read();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].version, 2u);
  EXPECT_EQ(read[1].wall_us, h.start_us + 2 * kSecond);
  EXPECT_EQ(read[1].position, LogPosition{200});
  EXPECT_EQ(read[1].restored_table, TableId{7});
  EXPECT_EQ(read[1].catalogue, "catalogue 2");
}

TEST(CatalogueHistory, TellsWhatHeldAtAMoment) {
  HistoryHarness h;
  for (uint64_t version = 3; version < 8; ++version) {
    h.Record(version, version * 100);  // a second after the other
  }
  EXPECT_EQ(h.At(2, 400)->catalogue, "backup's");
  EXPECT_EQ(h.At(3, 500)->catalogue, "catalogue 5");
  EXPECT_EQ(h.At(4, 900)->catalogue, "catalogue 6");
  EXPECT_EQ(h.At(9, 900)->catalogue, "catalogue 7");
  // The log was cut before: the machine's time had gone back.
  EXPECT_EQ(h.At(9, 599)->catalogue, "catalogue 5");
}

TEST(CatalogueHistory, ChangeThatCameToNothingIsForgotten) {
  HistoryHarness h;
  EXPECT_TRUE(h.history.KeepUpTo(4).ok());
  h.Record(5, 100);
  h.Record(6, 200);
  ASSERT_TRUE(h.history.KeepUpTo(5).ok());
  h.fs.PowerCut();
  EXPECT_EQ(h.Read().size(), 1u);
  h.Record(6, 300);
  ASSERT_EQ(h.Read().size(), 2u);
  EXPECT_EQ(h.Read()[1].position, LogPosition{300});
}

TEST(CatalogueHistory, MissingVersionIsDataLoss) {
  HistoryHarness h;
  h.Record(5, 500);
  h.Record(7, 700);
  EXPECT_EQ(h.At(1, 900)->version, 5u);
  EXPECT_EQ(h.At(2, 900).status().code(), absl::StatusCode::kDataLoss);
}

TEST(CatalogueHistory, TableFromASnapshotEndsIt) {
  HistoryHarness h;
  h.Record(5, 500);
  h.Record(6, 600, 12);
  h.Record(7, 700);
  EXPECT_EQ(h.At(1, 900)->version, 5u);
  EXPECT_EQ(h.At(2, 900).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(h.At(3, 900).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(CatalogueHistory, DamagedFileIsNamed) {
  HistoryHarness h;
  h.Record(5, 500);
  const std::string path = absl::StrCat(kDirectory, "/00000000000000000005");
  h.fs.Corrupt(path, 30, "?");
  const absl::Status status =
      CatalogueHistory::Read(&h.fs, kDirectory).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find(path.c_str()), absl::string_view::npos);
}

}  // namespace
}  // namespace rowan
