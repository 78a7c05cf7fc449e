// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_ENGINE_COUNTING_LOG_H_
#define ROWAN_TESTS_STORAGE_ENGINE_COUNTING_LOG_H_

#include "storage/base/mutation_log.h"

namespace rowan {

// A log that only counts.
class CountingLog : public MutationLog {
 public:
  absl::Status Append(size_t size, absl::FunctionRef<void(std::span<char>)>,
                      LogAppend* append) override {
    append->position = tail_;
    tail_.value += size;
    return absl::OkStatus();
  }
  LogPosition Tail() const override { return tail_; }
  void WhenDurable(LogPosition,
                   absl::AnyInvocable<void(absl::Status)> done) override {
    done(absl::OkStatus());
  }
  void Release(LogPosition) override {}
  LogPosition Head() const override { return LogPosition{0}; }
  uint64_t BytesInUse() const override { return 0; }
  DurationCounts SyncDurations() const override { return {}; }
  size_t RecordSizeMax() const override { return 1 << 20; }
  absl::Status failed() const override { return absl::OkStatus(); }
  absl::Status spare_failure() const override { return absl::OkStatus(); }
  void EndWaits() override {}
  void Close(absl::AnyInvocable<void(absl::Status)> done) override {
    done(absl::OkStatus());
  }

 private:
  LogPosition tail_{100};
};

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_ENGINE_COUNTING_LOG_H_
