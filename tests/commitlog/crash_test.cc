// SPDX-License-Identifier: Apache-2.0
// Death at every change of the disk, and at random ones.
#include <algorithm>

#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

// What a log must give back, kept by the test beside it.
class Reference {
 public:
  // Everything appended at or after `from`, in order.
  void Appended(const LogAppend& append, std::string_view bytes) {
    all_.push_back({append.position, std::string(bytes)});
  }
  void Released(LogPosition from) {
    from_ = from;
    std::erase_if(all_, [&](const TestRecord& r) { return r.position < from; });
  }
  LogPosition from() const { return from_; }

  // Replayed: a beginning of what was appended, with all that was answered.
  // What is missing is forgotten, so that it must not come back either.
  // A crash is no damage.
  void Check(const LogHarness& h, const TestRecords& acked) {
    ASSERT_TRUE(h.holes.empty()) << h.holes[0].what;
    // The log itself may know less of what was released.
    TestRecords replayed = h.replayed;
    std::erase_if(replayed,
                  [&](const TestRecord& r) { return r.position < from_; });
    ASSERT_LE(replayed.size(), all_.size());
    for (size_t i = 0; i < replayed.size(); ++i) {
      ASSERT_EQ(replayed[i], all_[i]) << "record " << i;
    }
    if (!acked.empty() && acked.back().position >= from_) {
      ASSERT_FALSE(replayed.empty());
      ASSERT_GE(replayed.back().position, acked.back().position);
    }
    all_ = replayed;
  }

 private:
  TestRecords all_;
  LogPosition from_;
};

// Writes over several segments, releasing and reusing; false when it failed.
bool SmallWorkload(LogHarness& h, Reference& reference) {
  if (!h.Open(reference.from()).ok()) return false;
  for (int i = 0; i < 30; ++i) {
    const std::string record(1 + i * 977 % 5000, static_cast<char>('a' + i));
    if (!h.Append(record).ok()) return false;
    reference.Appended(h.appends.back(), record);
    if (i % 3 != 1) h.executor.RunReady();
    if (i % 7 == 6 && !h.client->acked.empty()) {
      reference.Released(h.client->acked.back().position);
      h.log->Release(h.client->acked.back().position);
    }
  }
  h.executor.RunUntilIdle();
  return h.Close().ok();
}

class DeathEverywhere : public testing::TestWithParam<std::tuple<bool, bool>> {
};

TEST_P(DeathEverywhere, LosesNothingAnsweredAndInventsNothing) {
  const auto [power, periodic] = GetParam();
  // A failed sync may drop what a periodic log has answered already, as the
  // death of a process does not; so that log dies at its writes.
  const FileOp op = periodic ? FileOp::kWrite : FileOp::kAnyChange;
  bool finished = false;
  int boundaries = 0;
  for (int nth = 1; !finished; ++nth, ++boundaries) {
    SCOPED_TRACE(absl::StrCat("death at change ", nth));
    LogHarness h;
    h.options.segment_bytes = 16 << 10;
    h.options.sync = periodic ? LogSync::kPeriodic : LogSync::kGroup;
    Reference reference;
    h.fs.FailNext(op, "/data/log", nth, absl::AbortedError("died"),
                  /*sticky=*/true);
    finished = SmallWorkload(h, reference);
    TestRecords acked;
    if (h.client && !(periodic && power)) acked = h.client->acked;
    h.Die(power);
    // Die again at every change of the recovery, then live.
    for (int again = 1;; ++again) {
      SCOPED_TRACE(absl::StrCat("death at change ", again, " of the opening"));
      h.fs.FailNext(op, "/data/log", again, absl::AbortedError("died"),
                    /*sticky=*/true);
      const absl::Status status = h.Open(reference.from());
      if (status.ok()) break;
      ASSERT_EQ(status.code(), absl::StatusCode::kAborted) << status;
      h.Die(power);
    }
    h.fs.ClearFaults();
    ASSERT_NO_FATAL_FAILURE(reference.Check(h, acked));
    h.executor.RunReady();
    ASSERT_TRUE(SmallWorkload(h, reference));
    acked = h.client->acked;
    h.Die(power);
    ASSERT_TRUE(h.Open(reference.from()).ok());
    ASSERT_NO_FATAL_FAILURE(reference.Check(h, acked));
    EXPECT_TRUE(h.recovery.clean_stop);
  }
  EXPECT_GT(boundaries, periodic ? 30 : 60);
}

INSTANTIATE_TEST_SUITE_P(CommitLog, DeathEverywhere,
                         testing::Combine(testing::Bool(), testing::Bool()));

// One life after another in one world, each of random steps.
class RandomLives {
 public:
  RandomLives(uint64_t seed, bool periodic)
      : h_(seed), random_(seed * 7919), periodic_(periodic) {
    h_.options.segment_bytes = 16 << 10;
    h_.options.waiting_bytes_max = 60'000;
    h_.options.free_segments_max = random_.Below(4);
    h_.options.sync = periodic ? LogSync::kPeriodic : LogSync::kGroup;
  }

  void Run() {
    for (int life = 0; life < 6; ++life) {
      ASSERT_TRUE(h_.Open(From()).ok());
      ASSERT_NO_FATAL_FAILURE(reference_.Check(h_, must_return_));
      const uint64_t steps = random_.Below(400);
      for (uint64_t i = 0; i < steps; ++i) Step();
      End();
    }
    ASSERT_TRUE(h_.Open(From()).ok());
    ASSERT_NO_FATAL_FAILURE(reference_.Check(h_, must_return_));
  }

 private:
  LogPosition From() {
    return random_.Below(2) == 0 ? reference_.from() : LogPosition{0};
  }

  void Step() {
    const uint64_t what = random_.Below(100);
    if (what < 40) {
      const size_t size = random_.Below(8) == 0
                              ? 1 + random_.Below(h_.log->RecordSizeMax())
                              : 1 + random_.Below(300);
      std::string record(size, static_cast<char>('a' + random_.Below(26)));
      absl::Status status = h_.Append(record);
      if (status.ok()) {
        reference_.Appended(h_.appends.back(), record);
      } else {
        EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
      }
    } else if (what < 90) {
      h_.executor.RunOne();
    } else if (what < 95) {
      h_.clock.AdvanceNanos(static_cast<int64_t>(random_.Below(150)) *
                            1'000'000);
    } else if (what < 98 && !h_.client->acked.empty()) {
      const TestRecords& acked = h_.client->acked;
      const LogPosition head = acked[random_.Below(acked.size())].position;
      if (head <= reference_.from()) return;
      reference_.Released(head);
      h_.log->Release(head);
    } else if (what == 98) {
      h_.executor.RunReady();
    }
  }

  void End() {
    const uint64_t how = random_.Below(3);
    bool closed = false;
    if (how == 0) {
      closed = h_.Close().ok();
      EXPECT_TRUE(closed);
    }
    const bool power = random_.Below(2) == 0;
    must_return_ = h_.client->acked;
    if (power && periodic_ && !closed) must_return_.clear();
    h_.Die(power);
  }

  LogHarness h_;
  SimRandom random_;
  const bool periodic_;
  Reference reference_;
  TestRecords must_return_;
};

TEST(RandomLog, GivesBackWhatTheReferenceHolds) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    for (bool periodic : {false, true}) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, periodic ? " periodic" : ""));
      RandomLives lives(seed, periodic);
      ASSERT_NO_FATAL_FAILURE(lives.Run());
    }
  }
}

}  // namespace
}  // namespace rowan
