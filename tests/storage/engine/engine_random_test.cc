// SPDX-License-Identifier: Apache-2.0
// Random writes, deletions, flushes, merges, restarts and deaths, in a random
// order of tasks, against a map.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

constexpr TableId kTable{1};

class RandomRun {
 public:
  explicit RandomRun(uint64_t seed) : random_(seed * 7919), world_(seed) {
    TableOptions options;
    options.partition_prefix_length = static_cast<uint8_t>(random_.Below(3));
    options.compaction_scaling = static_cast<int32_t>(random_.Below(9)) - 4;
    options.compression = static_cast<Compression>(random_.Below(3));
    options.tombstone_grace_s = static_cast<uint32_t>(random_.Below(2)) * 30;
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
    // Flushes by size and by budget happen every few writes.
    world_.options.partition_memtable_bytes_max = 8 << 10;
    world_.options.memtable_limit_bytes = 256 << 10;
    world_.options.log_bytes_max = 256 << 10;
    EXPECT_TRUE(world_.Open().ok());
  }

  void Step() {
    const uint64_t dice = random_.Below(100);
    if (dice < 50) {
      Put();
    } else if (dice < 70) {
      Delete();
    } else if (dice < 80) {
      Check();
    } else if (dice < 88) {
      Background();
    } else if (dice < 94) {
      world_.clock().AdvanceSeconds(random_.Below(40));
    } else {
      Restart();
    }
  }

  void Check() {
    const auto rows = world_.Scan(kTable);
    ASSERT_TRUE(rows.ok()) << rows.status();
    std::map<std::string, std::string> found;
    for (const std::string& row : *rows) {
      const size_t equals = row.find('=');
      found[row.substr(0, equals)] = row.substr(equals + 1);
    }
    EXPECT_EQ(rows->size(), found.size()) << "a row came twice";
    EXPECT_EQ(found, model_);
  }

 private:
  std::string Key() { return std::string(1, "abcdefgh"[random_.Below(8)]); }
  static std::string RowName(const std::string& key, int64_t ck) {
    return key + "/" + std::to_string(ck);
  }
  DeletionTime Deletion() {
    return {++timestamp_, world_.clock().WallSeconds()};
  }

  // A write that is answered changes the model; one that died on the way may
  // or may not have happened, and the model learns which.
  void Apply(const TestMutation& mutation,
             const std::map<std::string, std::string>& after) {
    if (random_.Below(20) != 0) {
      const absl::Status status = world_.Write(mutation);
      ASSERT_TRUE(status.ok()) << status;
      model_ = after;
      return;
    }
    bool answered = false;
    world_.engine().Write(mutation.mutation(),
                          [&](absl::Status status) { answered = status.ok(); });
    for (uint64_t i = random_.Below(6); i > 0; --i) world_.executor().RunOne();
    const bool acknowledged = answered;
    Die();
    if (acknowledged) {
      model_ = after;
      return;
    }
    const auto rows = world_.Scan(kTable);
    ASSERT_TRUE(rows.ok()) << rows.status();
    std::map<std::string, std::string> found;
    for (const std::string& row : *rows) {
      const size_t equals = row.find('=');
      found[row.substr(0, equals)] = row.substr(equals + 1);
    }
    ASSERT_TRUE(found == model_ || found == after) << "half a mutation";
    model_ = found;
  }

  void Put() {
    const std::string key = Key();
    TestMutation mutation(schema_, key);
    auto after = model_;
    const int64_t timestamp = ++timestamp_;
    for (uint64_t i = 0; i <= random_.Below(4); ++i) {
      const auto ck = static_cast<int64_t>(random_.Below(20)) - 10;
      const std::string value(random_.Below(600), 'v');
      const std::string tagged = std::to_string(timestamp) + value;
      mutation.Put(ck, tagged, timestamp);
      // Two values of one moment in one mutation: the larger one stays.
      std::string& place = after[RowName(key, ck)];
      const bool same_moment = written_at_[RowName(key, ck)] == timestamp;
      if (!same_moment || tagged > place) place = tagged;
      written_at_[RowName(key, ck)] = timestamp;
    }
    Apply(mutation, after);
  }

  void Delete() {
    const std::string key = Key();
    TestMutation mutation(schema_, key);
    auto after = model_;
    auto erase = [&](int64_t first, int64_t last) {
      for (int64_t ck = first; ck <= last; ++ck) after.erase(RowName(key, ck));
    };
    const auto a = static_cast<int64_t>(random_.Below(20)) - 10;
    const auto b = static_cast<int64_t>(random_.Below(20)) - 10;
    switch (random_.Below(3)) {
      case 0:
        mutation.DeleteRow(a, Deletion());
        erase(a, a);
        break;
      case 1:
        mutation.DeleteRange(std::min(a, b), std::max(a, b), Deletion());
        erase(std::min(a, b), std::max(a, b));
        break;
      default:
        mutation.DeleteWideRow(Deletion());
        erase(-10, 10);
    }
    Apply(mutation, after);
  }

  void Background() {
    switch (random_.Below(3)) {
      case 0:
        ASSERT_TRUE(world_.Flush(kTable).ok());
        break;
      case 1:
        ASSERT_TRUE(world_.Compact(kTable).ok());
        break;
      default:
        for (uint64_t i = random_.Below(50); i > 0; --i) {
          world_.executor().RunOne();
        }
    }
  }

  void Die() {
    if (random_.Below(2) == 0) {
      world_.Crash();
    } else {
      world_.PowerCut();
    }
    const absl::Status opened = world_.Open();
    ASSERT_TRUE(opened.ok()) << opened;
  }

  void Restart() {
    if (random_.Below(2) == 0) {
      Die();
    } else {
      ASSERT_TRUE(world_.Stop(random_.Below(2) == 0).ok());
      ASSERT_TRUE(world_.Open().ok());
    }
    Check();
  }

  SimRandom random_;
  EngineHarness world_;
  std::shared_ptr<const Schema> schema_;
  std::map<std::string, std::string> model_;
  std::map<std::string, int64_t> written_at_;
  int64_t timestamp_ = 0;
};

class EngineRandom : public ::testing::TestWithParam<uint64_t> {};

TEST_P(EngineRandom, EqualsAMapThroughFlushesMergesAndDeaths) {
  RandomRun run(GetParam());
  for (int i = 0; i < 300; ++i) {
    run.Step();
    ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << i;
  }
  run.Check();
}

INSTANTIATE_TEST_SUITE_P(Seeds, EngineRandom,
                         ::testing::Range<uint64_t>(1, 41));

}  // namespace
}  // namespace rowan
