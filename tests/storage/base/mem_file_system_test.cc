// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/mem_file_system.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;

constexpr OpenOptions kCreate{.write = true, .create = true};

absl::StatusCode CodeOf(const absl::Status& status) { return status.code(); }

class MemFileSystemTest : public ::testing::Test {
 protected:
  MemFileSystemTest() {
    EXPECT_TRUE(fs_.CreateDirectory("d").ok());
    EXPECT_TRUE(fs_.SyncDirectory("/").ok());
  }
  std::unique_ptr<File> Create(const std::string& path) {
    auto file = fs_.Open(path, kCreate);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  std::string Contents(const std::string& path) {
    auto contents = fs_.ReadFile(path);
    return contents.ok() ? *contents : "<" + contents.status().ToString() + ">";
  }
  bool Exists(const std::string& path) { return fs_.Exists(path).value(); }

  MemFileSystem fs_;
};

TEST_F(MemFileSystemTest, ReadsWhatWasWrittenAndZerosInHoles) {
  auto file = Create("d/a");
  ASSERT_TRUE(file->WriteAt(3, "xyz").ok());
  char out[8] = {};
  EXPECT_EQ(file->ReadAt(0, out).value(), 6u);
  EXPECT_EQ(std::string(out, 6), std::string("\0\0\0xyz", 6));
  EXPECT_EQ(file->ReadAt(5, out).value(), 1u);
  EXPECT_EQ(file->ReadAt(6, out).value(), 0u);
  EXPECT_EQ(file->ReadAt(1 << 20, out).value(), 0u);
  EXPECT_EQ(file->Size().value(), 6u);
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(Contents("/d/a"), std::string("\0\0\0x", 4));
}

TEST_F(MemFileSystemTest, OpenFollowsItsOptions) {
  EXPECT_EQ(CodeOf(fs_.Open("d/a", {}).status()), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(fs_.Open("none/a", kCreate).status()),
            absl::StatusCode::kNotFound);
  Create("d/a");
  EXPECT_EQ(
      CodeOf(fs_.Open("d/a", {.write = true, .create = true, .exclusive = true})
                 .status()),
      absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(CodeOf(fs_.Open("d", {}).status()),
            absl::StatusCode::kFailedPrecondition);
  auto reader = fs_.Open("d/a", {}).value();
  EXPECT_EQ(CodeOf(reader->WriteAt(0, "x")),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(MemFileSystemTest, DirectFilesRefuseUnalignedAccess) {
  auto file =
      fs_.Open("d/a", {.write = true, .create = true, .direct = true}).value();
  alignas(kDirectIoAlignment) static char block[kDirectIoAlignment] = {};
  EXPECT_TRUE(file->WriteAt(0, {block, sizeof(block)}).ok());
  EXPECT_EQ(CodeOf(file->WriteAt(0, {block, 100})),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(file->WriteAt(100, {block, sizeof(block)})),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(MemFileSystemTest, PowerCutKeepsOnlySyncedBytes) {
  auto file = Create("d/a");
  ASSERT_TRUE(file->WriteAt(0, "synced").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  ASSERT_TRUE(file->WriteAt(0, "SYN").ok());
  ASSERT_TRUE(file->WriteAt(6, "tail").ok());
  ASSERT_TRUE(file->Truncate(5).ok());
  EXPECT_EQ(Contents("d/a"), "SYNce");
  fs_.PowerCut();
  EXPECT_EQ(Contents("d/a"), "synced");
}

TEST_F(MemFileSystemTest, CrashKeepsEverythingWrittenAndKillsHandles) {
  auto file = Create("d/a");
  ASSERT_TRUE(file->WriteAt(0, "unsynced").ok());
  fs_.Crash();
  EXPECT_EQ(Contents("d/a"), "unsynced");
  EXPECT_EQ(CodeOf(file->WriteAt(0, "x")), absl::StatusCode::kAborted);
  EXPECT_EQ(CodeOf(file->Sync()), absl::StatusCode::kAborted);
  char out[1];
  EXPECT_EQ(CodeOf(file->ReadAt(0, out).status()), absl::StatusCode::kAborted);
  fs_.PowerCut();
  EXPECT_FALSE(Exists("d/a"));
}

TEST_F(MemFileSystemTest, NamesAreDurableOnlyAfterSyncDirectory) {
  auto file = Create("d/a");
  ASSERT_TRUE(file->WriteAt(0, "x").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  Create("d/lost");
  ASSERT_TRUE(fs_.Rename("d/a", "d/b").ok());
  fs_.PowerCut();
  EXPECT_THAT(fs_.List("d").value(), ElementsAre("a"));

  ASSERT_TRUE(fs_.Rename("d/a", "d/b").ok());
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  ASSERT_TRUE(fs_.Remove("d/b").ok());
  EXPECT_FALSE(Exists("d/b"));
  fs_.PowerCut();
  EXPECT_EQ(Contents("d/b"), "x");
}

TEST_F(MemFileSystemTest, NewDirectoriesNeedTheirParentSynced) {
  ASSERT_TRUE(fs_.CreateDirectory("d/e/f").ok());
  Create("d/e/f/a");
  ASSERT_TRUE(fs_.SyncDirectory("d/e/f").ok());
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  fs_.PowerCut();
  EXPECT_TRUE(Exists("d/e"));
  EXPECT_FALSE(Exists("d/e/f"));
}

TEST_F(MemFileSystemTest, DurableWriteLeavesOlderWritesUnsynced) {
  auto file = Create("d/a");
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  ASSERT_TRUE(file->WriteAt(0, "aaaa").ok());
  file->WriteAsync(2, "DD", WriteDurability::kDurable,
                   [](absl::Status s) { EXPECT_TRUE(s.ok()); });
  EXPECT_EQ(Contents("d/a"), "aaDD");
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->WriteAt(0, "bb").ok());
  file->WriteAsync(2, "EE", WriteDurability::kDurable,
                   [](absl::Status s) { EXPECT_TRUE(s.ok()); });
  fs_.PowerCut();
  EXPECT_EQ(Contents("d/a"), "aaEE");
}

TEST_F(MemFileSystemTest, FailedSyncDropsTheUnsyncedBytesForGood) {
  auto file = Create("d/a");
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  ASSERT_TRUE(file->WriteAt(0, "one").ok());
  ASSERT_TRUE(file->Sync().ok());
  ASSERT_TRUE(file->WriteAt(3, "two").ok());
  fs_.FailNext(FileOp::kSync, "d/a", 1, absl::DataLossError("injected"));
  EXPECT_EQ(CodeOf(file->Sync()), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(file->Sync().ok());  // and yet the bytes are gone
  fs_.PowerCut();
  EXPECT_EQ(Contents("d/a"), "one");
}

TEST_F(MemFileSystemTest, FaultsHitTheNthMatchOnceOrForEver) {
  auto a = Create("d/a");
  auto b = Create("d/b");
  fs_.FailNext(FileOp::kWrite, "/a", 2, absl::ResourceExhaustedError("full"));
  EXPECT_TRUE(a->WriteAt(0, "1").ok());
  EXPECT_TRUE(b->WriteAt(0, "1").ok());
  EXPECT_EQ(CodeOf(a->WriteAt(0, "2")), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(a->WriteAt(0, "3").ok());
  fs_.FailNext(FileOp::kAnyChange, "", 1, absl::AbortedError("dead"), true);
  EXPECT_FALSE(a->WriteAt(0, "4").ok());
  EXPECT_FALSE(fs_.Rename("d/a", "d/c").ok());
  EXPECT_FALSE(fs_.Open("d/new", kCreate).ok());
  EXPECT_TRUE(fs_.Open("d/b", {}).ok());
  fs_.ClearFaults();
  EXPECT_TRUE(a->WriteAt(0, "5").ok());
  EXPECT_EQ(Contents("d/a"), "5");
}

TEST_F(MemFileSystemTest, ShortWriteLeavesItsFirstHalfAndTheError) {
  auto file = Create("d/a");
  fs_.FailHalfway("d/a", 2, absl::ResourceExhaustedError("full"), true);
  EXPECT_TRUE(file->WriteAt(0, "whole").ok());
  EXPECT_EQ(CodeOf(file->WriteAt(5, "halves")),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Contents("d/a"), "wholehal");
  EXPECT_FALSE(file->WriteAt(8, "more").ok());
  fs_.ClearFaults();
  EXPECT_TRUE(file->WriteAt(8, "ves").ok());
  EXPECT_EQ(Contents("d/a"), "wholehalves");
}

TEST_F(MemFileSystemTest, CountsPerPathAndInTotal) {
  auto a = Create("d/a");
  auto b = Create("d/b");
  ASSERT_TRUE(a->WriteAt(0, "12345").ok());
  ASSERT_TRUE(a->Sync().ok());
  b->WriteAsync(0, "123", WriteDurability::kDurable, [](absl::Status) {});
  ASSERT_TRUE(fs_.SyncDirectory("d").ok());
  char out[4];
  ASSERT_TRUE(a->ReadAt(2, out).ok());
  EXPECT_EQ(fs_.Counters("d/a").bytes_read, 3u);
  EXPECT_EQ(fs_.Counters("d/a").syncs, 1u);
  EXPECT_EQ(fs_.Counters("d/b").bytes_read, 0u);
  const FileCounters total = fs_.Counters();
  EXPECT_EQ(total.opens, 2u);
  EXPECT_EQ(total.writes, 2u);
  EXPECT_EQ(total.bytes_written, 8u);
  EXPECT_EQ(total.syncs, 2u);
  EXPECT_EQ(total.reads, 1u);
  EXPECT_EQ(total.directory_syncs, 2u);  // one of the fixture
  fs_.ResetCounters();
  EXPECT_EQ(fs_.Counters().opens, 0u);
  EXPECT_EQ(fs_.Counters("d/a").opens, 0u);
}

TEST_F(MemFileSystemTest, RemovedFileStaysReadableThroughItsHandle) {
  auto a = Create("d/a");
  ASSERT_TRUE(a->WriteAt(0, "x").ok());
  ASSERT_TRUE(fs_.Link("d/a", "d/b").ok());
  ASSERT_TRUE(fs_.Remove("d/a").ok());
  EXPECT_EQ(a->Size().value(), 1u);
  EXPECT_EQ(Contents("d/b"), "x");
  EXPECT_EQ(CodeOf(fs_.RemoveDirectory("d")),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(fs_.Remove("d/b").ok());
  EXPECT_TRUE(fs_.RemoveDirectory("d").ok());
  EXPECT_EQ(CodeOf(fs_.Remove("d/a")), absl::StatusCode::kNotFound);
}

TEST_F(MemFileSystemTest, SecondLockIsRefusedUntilTheFirstIsGone) {
  auto first = fs_.Lock("d/LOCK").value();
  EXPECT_EQ(CodeOf(fs_.Lock("d/LOCK").status()),
            absl::StatusCode::kFailedPrecondition);
  fs_.Crash();
  auto second = fs_.Lock("d/LOCK").value();
  first.reset();  // the dead process's lock frees nothing of the living
  EXPECT_FALSE(fs_.Lock("d/LOCK").ok());
  second.reset();
  EXPECT_TRUE(fs_.Lock("d/LOCK").ok());
}

TEST_F(MemFileSystemTest, UncachedReadsWouldBlock) {
  auto a = Create("d/a");
  ASSERT_TRUE(a->WriteAt(0, "x").ok());
  char out[1];
  EXPECT_EQ(a->ReadAtIfCached(0, out).value(), 1u);
  fs_.SetCached(false);
  EXPECT_TRUE(IsWouldBlock(a->ReadAtIfCached(0, out).status()));
  EXPECT_TRUE(a->ReadAt(0, out).ok());
}

TEST_F(MemFileSystemTest, DroppedCacheHoldsThePagesReadSince) {
  auto a = Create("d/a");
  ASSERT_TRUE(a->WriteAt(0, std::string(3 * 4096, 'x')).ok());
  fs_.DropCache();
  char out[2];
  EXPECT_TRUE(IsWouldBlock(a->ReadAtIfCached(4096, out).status()));
  EXPECT_TRUE(a->ReadAt(4096 + 100, out).ok());
  EXPECT_TRUE(a->ReadAtIfCached(4096, out).ok());
  EXPECT_TRUE(IsWouldBlock(a->ReadAtIfCached(4095, out).status()));
  EXPECT_TRUE(IsWouldBlock(a->ReadAtIfCached(8191, out).status()));
  fs_.DropCache();
  EXPECT_TRUE(IsWouldBlock(a->ReadAtIfCached(4096, out).status()));
  fs_.SetCached(true);
  EXPECT_TRUE(a->ReadAtIfCached(0, out).ok());
}

TEST_F(MemFileSystemTest, CorruptAndWriteFileReachTheDisk) {
  fs_.WriteFile("x/y/z", "hello");
  fs_.Corrupt("x/y/z", 1, "E");
  fs_.PowerCut();
  EXPECT_EQ(Contents("x/y/z"), "hEllo");
}

class MemFileSystemAsyncTest : public ::testing::Test {
 protected:
  MemFileSystemAsyncTest() {
    fs_.WriteFile("a", "0123");
    file_ = fs_.Open("a", {.write = true}).value();
  }
  void Write(std::string_view data) {
    file_->WriteAsync(0, data, WriteDurability::kDurable,
                      [this](absl::Status s) { done_.push_back(s.code()); });
  }

  SimClock clock_;
  SimExecutor executor_{&clock_};
  MemFileSystem fs_{&executor_};
  std::unique_ptr<File> file_;
  std::vector<absl::StatusCode> done_;
};

TEST_F(MemFileSystemAsyncTest, CallsBackFromTheExecutor) {
  char out[4];
  size_t n = 0;
  Write("AB");
  file_->ReadAsync(0, out, [&](absl::StatusOr<size_t> r) { n = r.value(); });
  file_->SyncAsync([&](absl::Status s) { done_.push_back(s.code()); });
  EXPECT_TRUE(done_.empty());
  executor_.RunReady();
  EXPECT_THAT(done_, ElementsAre(absl::StatusCode::kOk, absl::StatusCode::kOk));
  EXPECT_EQ(std::string(out, n), "AB23");
}

TEST_F(MemFileSystemAsyncTest, HeldWriteTakesNoEffectUntilReleased) {
  fs_.HoldAsync(true, "a");
  Write("A");
  Write("B");
  executor_.RunReady();
  EXPECT_EQ(fs_.held_count(), 2u);
  EXPECT_EQ(fs_.ReadFile("a").value(), "0123");
  EXPECT_TRUE(fs_.ReleaseOne());
  executor_.RunReady();
  EXPECT_EQ(fs_.ReadFile("a").value(), "A123");
  fs_.HoldAsync(false);
  fs_.ReleaseAll();
  executor_.RunReady();
  EXPECT_EQ(done_.size(), 2u);
  EXPECT_FALSE(fs_.ReleaseOne());
  EXPECT_EQ(fs_.ReadFile("a").value(), "B123");
}

TEST_F(MemFileSystemAsyncTest, DeathLosesWritesInFlightAndTellsTheirOwner) {
  fs_.HoldAsync(true);
  Write("A");
  fs_.PowerCut();
  executor_.RunReady();
  EXPECT_THAT(done_, ElementsAre(absl::StatusCode::kAborted));
  EXPECT_EQ(fs_.ReadFile("a").value(), "0123");
}

TEST_F(MemFileSystemAsyncTest, FailedDurableWriteIsReported) {
  fs_.FailNext(FileOp::kSync, "a", 1, absl::DataLossError("EIO"));
  Write("A");
  executor_.RunReady();
  EXPECT_THAT(done_, ElementsAre(absl::StatusCode::kDataLoss));
  EXPECT_EQ(fs_.ReadFile("a").value(), "0123");
}

}  // namespace
}  // namespace rowan
