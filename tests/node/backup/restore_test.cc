// SPDX-License-Identifier: Apache-2.0
#include "node/backup/restore.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/backup/backup_codec.h"
#include "node/metadata/data_directory.h"
#include "storage/manifest/manifest.h"
#include "tests/lib/sim_random.h"
#include "tests/node/backup/sample_backup.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr char kTo[] = "/new/data";

class RestoreTest : public testing::Test {
 protected:
  RestoreTest() {
    auto made = AddSampleBackup(fs_, "monday");
    EXPECT_TRUE(made.ok()) << made.status();
    backup_ = *std::move(made);
  }
  absl::StatusOr<RestoreResult> Restore() {
    return RestoreBackup(&fs_, &random_, BackupDirectory(&fs_, kBackupDir),
                         "monday", kTo);
  }
  absl::StatusOr<std::unique_ptr<DataDirectory>> Start() {
    return DataDirectory::Open(&fs_, kTo, "", &random_);
  }

  MemFileSystem fs_;
  SimRandom random_{1};
  Backup backup_;
};

TEST_F(RestoreTest, DirectoryHoldsWhatTheBackupDoesUnderAFreshId) {
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->digest, DigestOf(backup_));
  EXPECT_THAT(restored->missing,
              ElementsAre(HasSubstr("SSTable 6 of table 1")));
  fs_.PowerCut();
  const auto directory = Start();
  ASSERT_TRUE(directory.ok()) << directory.status();
  EXPECT_EQ((*directory)->node_name(), "n1");
  EXPECT_NE((*directory)->node_id(), backup_.node_id);
  EXPECT_EQ((*directory)->node_id(), restored->identity.node_id);
  const auto manifest = Manifest::Open(&fs_, std::string(kTo) + "/storage");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ((*manifest)->state(), backup_.manifest);
  EXPECT_EQ(*fs_.ReadFile(std::string(kTo) + "/storage/1/00000004.sst"),
            "twenty bytes of rows");
  const std::string log =
      *fs_.ReadFile(std::string(kTo) + "/commitlog/segment-000002.log");
  EXPECT_THAT(log, SizeIs(kSampleLogFileBytes));
  EXPECT_TRUE(log.starts_with("chunks of segment-000002.log"));
}

TEST_F(RestoreTest, DirectoryThatHoldsAnythingIsLeftAlone) {
  fs_.WriteFile(std::string(kTo) + "/holiday.jpg", "x");
  const auto restored = Restore();
  EXPECT_TRUE(absl::IsFailedPrecondition(restored.status()));
  EXPECT_THAT(restored.status().message(), HasSubstr("is not empty"));
  EXPECT_THAT(*fs_.List(kTo), ElementsAre("holiday.jpg"));
}

TEST_F(RestoreTest, RestoredDirectoryIsNotWrittenAgain) {
  ASSERT_TRUE(Restore().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Restore().status()));
}

TEST_F(RestoreTest, DamagedObjectIsRefusedAndNoNodeStartsOnWhatIsThere) {
  for (const StoredObject& object : ObjectsOf(backup_)) {
    const std::string path =
        BackupDirectory(&fs_, kBackupDir).objects().PathOf(object.digest);
    const std::string good = *fs_.ReadFile(path);
    fs_.Corrupt(path, good.size() / 2, "#");
    const auto restored = Restore();
    EXPECT_TRUE(absl::IsDataLoss(restored.status())) << restored.status();
    EXPECT_THAT(restored.status().message(), HasSubstr(path));
    EXPECT_TRUE(absl::IsFailedPrecondition(Start().status()));
    EXPECT_THAT(Start().status().message(),
                HasSubstr("a restore into it was cut short"));
    fs_.Corrupt(path, 0, good);
  }
  EXPECT_TRUE(Restore().ok());
}

TEST_F(RestoreTest, PowerCutAnywhereLeavesAWholeDirectoryOrNone) {
  std::vector<MemTree> images;
  fs_.WatchChanges([&](FileOp, std::string_view, const MemTree& before) {
    images.push_back(before);
  });
  ASSERT_TRUE(Restore().ok());
  fs_.WatchChanges(nullptr);
  ASSERT_THAT(images, SizeIs(testing::Gt(40)));
  int whole = 0;
  for (const MemTree& image : images) {
    for (const bool keep : {false, true}) {
      fs_.Load(image);
      fs_.PowerCut([keep] { return keep; });
      if (*fs_.Exists(std::string(kTo) + "/identity")) {
        ++whole;
        EXPECT_TRUE(Start().ok());
        const auto manifest =
            Manifest::Open(&fs_, std::string(kTo) + "/storage");
        EXPECT_EQ((*manifest)->state(), backup_.manifest);
        continue;
      }
      const auto again = Restore();
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(again->digest, DigestOf(backup_));
      fs_.PowerCut();
      EXPECT_TRUE(Start().ok());
    }
  }
  EXPECT_GT(whole, 0);
}

TEST_F(RestoreTest, EveryFailureOfTheDiskIsToldAndTheNextTryGoesOn) {
  for (int nth = 1; nth <= 200; ++nth) {
    fs_.FailNext(FileOp::kAnyChange, kTo, nth,
                 absl::ResourceExhaustedError("no space"));
    const auto restored = Restore();
    fs_.ClearFaults();
    if (restored.ok()) return;
    EXPECT_TRUE(absl::IsResourceExhausted(restored.status()))
        << restored.status();
    if (*fs_.Exists(std::string(kTo) + "/identity")) {
      EXPECT_TRUE(Start().ok());
      ASSERT_TRUE(fs_.Remove(std::string(kTo) + "/identity").ok());
      fs_.WriteFile(std::string(kTo) + "/" + kUnfinishedRestore, "");
    }
  }
  FAIL() << "no restore without a failure";
}

TEST_F(RestoreTest, DiskWithoutRoomIsToldBeforeTheWork) {
  fs_.SetFreeBytes(10);
  EXPECT_THAT(Restore().status().message(), HasSubstr("10 are free"));
}

}  // namespace
}  // namespace rowan
