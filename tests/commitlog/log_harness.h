// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_COMMITLOG_LOG_HARNESS_H_
#define ROWAN_TESTS_COMMITLOG_LOG_HARNESS_H_

#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "commitlog/commit_log.h"
#include "gtest/gtest.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"
#include "tests/lib/sim_random.h"

namespace rowan {

struct TestRecord {
  LogPosition position;
  std::string bytes;
  friend bool operator==(const TestRecord&, const TestRecord&) = default;
  friend void PrintTo(const TestRecord& r, std::ostream* out) {
    *out << r.position.value << ":" << r.bytes.substr(0, 20) << "("
         << r.bytes.size() << ")";
  }
};
using TestRecords = std::vector<TestRecord>;

// Remembers what it was told, in order.
class TestClient : public LogClient {
 public:
  void OnDurable(LogAppend* first, const absl::Status& status) override {
    ++calls;
    for (; first != nullptr; first = first->next) {
      if (!status.ok()) {
        refused.push_back(status);
        continue;
      }
      EXPECT_TRUE(failure.ok()) << "an answer after the log has failed";
      if (!acked.empty()) {
        EXPECT_LT(acked.back().position, first->position);
      }
      acked.push_back({first->position, std::string(first->record)});
    }
  }
  void OnFailed(const absl::Status& reason) override {
    EXPECT_TRUE(failure.ok()) << "told twice";
    EXPECT_TRUE(refused.empty()) << "told after a record";
    failure = reason;
  }
  TestRecords acked;
  absl::Status failure;
  std::vector<absl::Status> refused;
  int calls = 0;
};

// Remembers what was found, in order.
class TestReplay : public LogReplay {
 public:
  absl::Status OnRecord(LogPosition position,
                        std::string_view record) override {
    records.push_back({position, std::string(record)});
    return outcome;
  }
  absl::Status OnHole(const LogHole& hole) override {
    EXPECT_LT(hole.from, hole.to) << hole.what;
    holes.push_back(hole);
    return outcome;
  }
  TestRecords records;
  std::vector<LogHole> holes;
  absl::Status outcome;
};

// A log in a simulated world: one thread, a disk in memory, one seed.
class LogHarness {
 public:
  explicit LogHarness(std::optional<uint64_t> seed = std::nullopt)
      : random(seed.value_or(1)),
        executor(&clock, seed ? &random : nullptr),
        fs(&executor) {
    fs.WriteFile("/data/VERSION", "1");  // makes /data, durably
    options.directory = "/data/log";
    options.segment_bytes = 64 << 10;
  }
  ~LogHarness() { log.reset(); }

  // Opens (again); what was found is in `replayed` and `holes`.
  absl::Status Open(LogPosition from = {0}) { return Open({from, from}); }
  absl::Status Open(LogNeed need) {
    log.reset();
    appends.clear();
    if (archive_options) {
      archive = std::make_shared<LogArchive>(*archive_options, &fs, &clock,
                                             &executor);
    }
    client = std::make_unique<TestClient>();
    TestReplay replay;
    auto opened = CommitLog::Open(options, &fs, &clock, &executor, need,
                                  &replay, client.get(), &recovery, archive);
    replayed = std::move(replay.records);
    holes = std::move(replay.holes);
    if (!opened.ok()) return opened.status();
    log = *std::move(opened);
    return absl::OkStatus();
  }

  // Appends without letting anything else happen.
  absl::Status Append(std::string_view bytes, uint64_t scope = kLogScopeAll) {
    appends.emplace_back();
    appends.back().scope = scope;
    absl::Status status = log->Append(
        bytes.size(),
        [&](std::span<char> to) {
          ASSERT_EQ(to.size(), bytes.size());
          std::memcpy(to.data(), bytes.data(), to.size());
        },
        &appends.back());
    if (!status.ok()) appends.pop_back();
    return status;
  }
  // Appends and runs until it is answered.
  void Write(std::string_view bytes, uint64_t scope = kLogScopeAll) {
    ASSERT_TRUE(Append(bytes, scope).ok());
    executor.RunReady();
  }

  // What WhenDurable has answered for all that is appended so far.
  std::shared_ptr<std::optional<absl::Status>> WhenDurable() {
    auto answer = std::make_shared<std::optional<absl::Status>>();
    log->WhenDurable(log->Tail(),
                     [answer](absl::Status status) { *answer = status; });
    return answer;
  }

  absl::Status Close() {
    std::optional<absl::Status> result;
    log->Close([&](absl::Status status) { result = std::move(status); });
    executor.RunReady();
    return result.value_or(absl::InternalError("Close never ended"));
  }
  // The process or, with `power`, the machine dies.
  void Die(bool power) {
    log.reset();
    power ? fs.PowerCut() : fs.Crash();
    fs.ClearFaults();
    executor.RunReady();  // what the dead had posted does nothing
  }

  std::vector<std::string> Files(std::string_view suffix = ".log") {
    std::vector<std::string> paths;
    auto names = fs.List(options.directory);
    for (const std::string& name : names.value_or(std::vector<std::string>())) {
      if (name.ends_with(suffix)) paths.push_back("/data/log/" + name);
    }
    return paths;
  }

  SimClock clock;
  SimRandom random;
  SimExecutor executor;
  MemFileSystem fs;
  CommitLogOptions options;
  std::optional<LogArchiveOptions> archive_options;  // none: no archive
  std::shared_ptr<LogArchive> archive;               // of the last Open
  std::deque<LogAppend> appends;
  std::unique_ptr<TestClient> client;
  TestRecords replayed;
  std::vector<LogHole> holes;
  LogRecovery recovery;
  std::unique_ptr<CommitLog> log;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_COMMITLOG_LOG_HARNESS_H_
