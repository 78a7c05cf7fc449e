// SPDX-License-Identifier: Apache-2.0
#include "node/backup/backup_directory.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/backup/backup_check.h"
#include "tests/node/backup/sample_backup.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class BackupDirectoryTest : public testing::Test {
 protected:
  BackupDirectory Directory() { return {&fs_, kBackupDir}; }
  // What is damaged of backup `name`; a line that says why it can't be read.
  std::vector<std::string> DamageOf(std::string_view name) {
    const auto check = CheckBackup(Directory(), name);
    if (!check.ok()) return {std::string(check.status().message())};
    return check->damage;
  }

  MemFileSystem fs_;
};

TEST_F(BackupDirectoryTest, BackupSurvivesAPowerCut) {
  const auto made = AddSampleBackup(fs_, "monday");
  ASSERT_TRUE(made.ok()) << made.status();
  fs_.PowerCut();
  EXPECT_THAT(*Directory().Names(), ElementsAre("monday"));
  const auto read = Directory().Read("monday");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, *made);
  EXPECT_THAT(DamageOf("monday"), IsEmpty());
}

TEST_F(BackupDirectoryTest, PowerCutAnywhereLeavesAWholeBackupOrNone) {
  std::vector<MemTree> images;
  fs_.WatchChanges([&](FileOp, std::string_view, const MemTree& before) {
    images.push_back(before);
  });
  ASSERT_TRUE(AddSampleBackup(fs_, "monday").ok());
  fs_.WatchChanges(nullptr);
  ASSERT_THAT(images, SizeIs(testing::Gt(30)));
  for (const MemTree& image : images) {
    for (const bool keep : {false, true}) {
      fs_.Load(image);
      fs_.PowerCut([keep] { return keep; });
      const auto names = Directory().Names();
      if (names.ok() && !names->empty()) {
        EXPECT_THAT(DamageOf("monday"), IsEmpty());
        continue;
      }
      const auto again = AddSampleBackup(fs_, "monday");
      ASSERT_TRUE(again.ok()) << again.status();
      fs_.PowerCut();
      EXPECT_THAT(DamageOf("monday"), IsEmpty());
    }
  }
}

TEST_F(BackupDirectoryTest, NameIsTakenOnce) {
  ASSERT_TRUE(AddSampleBackup(fs_, "monday").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(AddSampleBackup(fs_, "monday").status()));
  EXPECT_TRUE(AddSampleBackup(fs_, "tuesday").ok());
}

TEST_F(BackupDirectoryTest, NamesStayInsideTheDirectory) {
  for (const char* name : {"", ".", "../x", "a/b", ".hidden", "x.tmp"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Directory().CheckFree(name))) << name;
    EXPECT_TRUE(absl::IsInvalidArgument(Directory().Read(name).status()))
        << name;
  }
}

TEST_F(BackupDirectoryTest, OneAddsAtATime) {
  BackupDirectory directory = Directory();
  const auto lock = directory.BeginAdding();
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_THAT(AddSampleBackup(fs_, "monday").status().message(),
              HasSubstr("another backup is being made"));
}

TEST_F(BackupDirectoryTest, AnotherDirectoryIsToldToBeNone) {
  fs_.WriteFile(std::string(kBackupDir) + "/notes.txt", "x");
  EXPECT_TRUE(absl::IsNotFound(Directory().Names().status()));
  EXPECT_THAT(Directory().Names().status().message(),
              HasSubstr("holds no backups"));
}

TEST_F(BackupDirectoryTest, EveryDamagedByteIsNamedWithItsFileAndUse) {
  const auto made = AddSampleBackup(fs_, "monday");
  ASSERT_TRUE(made.ok());
  for (const StoredObject& object : ObjectsOf(*made)) {
    const std::string path = Directory().objects().PathOf(object.digest);
    const std::string good = *fs_.ReadFile(path);
    for (size_t i = 0; i < good.size(); ++i) {
      fs_.Corrupt(path, i, std::string(1, static_cast<char>(good[i] ^ 0x10)));
      EXPECT_THAT(DamageOf("monday"), ElementsAre(HasSubstr(path))) << i;
      fs_.Corrupt(path, 0, good);
    }
    fs_.WriteFile(path, good.substr(1));
    EXPECT_THAT(DamageOf("monday"), ElementsAre(HasSubstr("instead of")));
    ASSERT_TRUE(fs_.Remove(path).ok());
    EXPECT_THAT(DamageOf("monday"), ElementsAre(HasSubstr("is missing")));
    fs_.WriteFile(path, good);
  }
  EXPECT_THAT(DamageOf("monday"), IsEmpty());
  fs_.SetUnreadable(Directory().objects().PathOf(
                        made->sstables.at({TableId{1}, FileId{4}}).digest),
                    0, 1);
  EXPECT_THAT(DamageOf("monday"),
              ElementsAre(HasSubstr("SSTable 4 of table test.t1")));
  const std::string description = std::string(kBackupDir) + "/backups/monday";
  fs_.Corrupt(description, 40, "?");
  EXPECT_THAT(DamageOf("monday"), ElementsAre(HasSubstr(description)));
}

TEST_F(BackupDirectoryTest, ObjectOfAnotherSizeIsWrittenAgain) {
  const auto made = AddSampleBackup(fs_, "monday");
  ASSERT_TRUE(made.ok());
  const StoredObject object = made->sstables.begin()->second;
  EXPECT_TRUE(*Directory().objects().Has(object));
  fs_.WriteFile(Directory().objects().PathOf(object.digest), "short");
  EXPECT_FALSE(*Directory().objects().Has(object));
  ASSERT_TRUE(AddSampleBackup(fs_, "tuesday").ok());
  EXPECT_TRUE(*Directory().objects().Has(object));
  EXPECT_THAT(DamageOf("monday"), IsEmpty());
}

}  // namespace
}  // namespace rowan
