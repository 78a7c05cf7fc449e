// SPDX-License-Identifier: Apache-2.0
// Real threads: what ThreadSanitizer is to look at.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "commitlog/commit_log.h"
#include "commitlog/log_copy.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/thread_executor.h"
#include "tests/commitlog/log_harness.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

constexpr uint64_t kThreads = 4;
constexpr uint64_t kInFlight = 16;  // of one thread
constexpr uint64_t kWrites = 3000;  // of one thread
constexpr uint64_t kOneRun = 1000;

// Names itself in its record, so that the client can check the bytes.
struct Write : LogAppend {
  uint64_t thread = 0, number = 0;
  std::atomic<bool> in_flight = false;
};

// Counts the answers; each thread waits for its own.
class CountingClient : public LogClient {
 public:
  void OnDurable(LogAppend* first, const absl::Status& status) override {
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_FALSE(inside.exchange(true)) << "two calls at once";
    while (first != nullptr) {
      auto* write = static_cast<Write*>(first);
      first = first->next;
      EXPECT_GT(write->position, last);
      last = write->position;
      EXPECT_GE(write->record.size(), 16u);
      EXPECT_EQ(LoadLittle<uint64_t>(write->record.data()), write->thread);
      EXPECT_EQ(LoadLittle<uint64_t>(write->record.data() + 8), write->number);
      ++answered;
      write->in_flight.store(false);  // its owner may reuse it from here on
      write->in_flight.notify_one();
    }
    inside = false;
  }
  void OnFailed(const absl::Status& reason) override {
    ADD_FAILURE() << reason;
  }
  LogPosition last;
  std::atomic<uint64_t> answered = 0;
  std::atomic<bool> inside = false;
};

void WriteMany(CommitLog* log, uint64_t thread) {
  std::vector<Write> writes(kInFlight);
  for (uint64_t n = 0; n < kWrites; ++n) {
    Write& write = writes[n % kInFlight];
    write.in_flight.wait(true);
    write.thread = thread;
    write.number = n;
    write.in_flight = true;
    const size_t size = 16 + (n * 131 + thread) % 700;
    const absl::Status status = log->Append(
        size,
        [&](std::span<char> to) {
          StoreLittle(n, StoreLittle(thread, to.data()));
          std::fill(to.begin() + 16, to.end(), static_cast<char>(n));
        },
        &write);
    ASSERT_TRUE(status.ok()) << status;
    if (n % 100 == 0) log->Release(log->Tail());
  }
  for (Write& write : writes) write.in_flight.wait(true);
}

void RunThreads(LogSync sync, bool archived = false) {
  ThreadExecutor executor(2, "work");
  ThreadExecutor disk(2, "disk");
  MemFileSystem fs(&disk);
  SystemClock clock;
  CountingClient client;
  CommitLogOptions options;
  options.directory = "/log";
  options.segment_bytes = 256 << 10;
  options.sync = sync;
  options.period = std::chrono::milliseconds(4);
  LogRecovery recovery;
  TestReplay replay;
  std::shared_ptr<LogArchive> archive;
  if (archived) {
    archive = std::make_shared<LogArchive>(
        LogArchiveOptions{.directory = "/archive",
                          .interval = std::chrono::milliseconds(2)},
        &fs, &clock, &executor);
  }
  auto opened = CommitLog::Open(options, &fs, &clock, &executor, {}, &replay,
                                &client, &recovery, archive);
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { WriteMany(opened->get(), i); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(client.answered, kThreads * kWrites);
  std::promise<absl::Status> closed;
  (*opened)->Close([&](absl::Status status) { closed.set_value(status); });
  EXPECT_TRUE(closed.get_future().get().ok());
  opened->reset();
  executor.Stop();
  disk.Stop();
  if (!archived) return;
  EXPECT_GE(archive->status().segments_written, 10u);
  const std::vector<std::string> sources = {"/archive"};
  const auto copied = CopyLog(&fs, sources, {}, "/copy");
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_GT(copied->end, client.last);
}

TEST(LogThreads, ManyAppendersGroup) { RunThreads(LogSync::kGroup); }
TEST(LogThreads, ManyAppendersPeriodic) { RunThreads(LogSync::kPeriodic); }
TEST(LogThreads, ArchivedUnderManyAppenders) {
  RunThreads(LogSync::kGroup, true);
  RunThreads(LogSync::kPeriodic, true);
}

// The machine's own files, with direct I/O where it has it.
TEST(LogThreads, RealFilesComeBack) {
  const std::string directory =
      testing::TempDir() + "rowan_log_" + std::to_string(getpid());
  ThreadExecutor executor(2, "work");
  PosixFileSystem fs(2);
  SystemClock clock;
  CommitLogOptions options;
  options.directory = directory + "/log";
  options.segment_bytes = 1 << 20;
  ASSERT_TRUE(fs.CreateDirectory(directory).ok());
  uint64_t expected = 0;
  for (int round = 0; round < 3; ++round) {
    CountingClient client;
    LogRecovery recovery;
    TestReplay replay;
    auto opened = CommitLog::Open(options, &fs, &clock, &executor, {}, &replay,
                                  &client, &recovery);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(replay.records.size(), expected);
    for (uint64_t n = 0; n < replay.records.size(); ++n) {
      EXPECT_EQ(LoadLittle<uint64_t>(replay.records[n].bytes.data()),
                n % kOneRun);
    }
    EXPECT_EQ(recovery.clean_stop, round > 0);
    std::vector<Write> writes(kOneRun);
    for (uint64_t n = 0; n < kOneRun; ++n) {
      writes[n].thread = n;
      auto encode = [&](std::span<char> to) {
        std::fill(to.begin(), to.end(), 'x');
        StoreLittle(uint64_t{0}, StoreLittle(n, to.data()));
      };
      ASSERT_TRUE((*opened)->Append(3000, encode, &writes[n]).ok());
    }
    std::promise<absl::Status> closed;
    (*opened)->Close([&](absl::Status status) { closed.set_value(status); });
    EXPECT_TRUE(closed.get_future().get().ok());
    EXPECT_EQ(client.answered, kOneRun);
    expected += kOneRun;
  }
  executor.Stop();
  std::filesystem::remove_all(directory);
}

// Destroyed in the middle of everything, as a node does that gives up.
TEST(LogThreads, DestroyedWithoutClose) {
  for (int i = 0; i < 30; ++i) {
    ThreadExecutor executor(2, "work");
    ThreadExecutor disk(2, "disk");
    MemFileSystem fs(&disk);
    SystemClock clock;
    CountingClient client;
    CommitLogOptions options;
    options.directory = "/log";
    options.segment_bytes = 64 << 10;
    LogRecovery recovery;
    TestReplay replay;
    auto opened = CommitLog::Open(options, &fs, &clock, &executor, {}, &replay,
                                  &client, &recovery);
    ASSERT_TRUE(opened.ok());
    std::vector<Write> writes(200);
    for (uint64_t n = 0; n < writes.size(); ++n) {
      writes[n].number = n;
      ASSERT_TRUE((*opened)
                      ->Append(
                          16,
                          [&](std::span<char> to) {
                            StoreLittle(n, StoreLittle(uint64_t{0}, to.data()));
                          },
                          &writes[n])
                      .ok());
    }
    opened->reset();
    executor.Stop();
    disk.Stop();
  }
}

}  // namespace
}  // namespace rowan
