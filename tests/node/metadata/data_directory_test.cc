// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/data_directory.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/metadata/checked_file.h"
#include "storage/base/coding.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using testing::HasSubstr;

class DataDirectoryTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<DataDirectory>> Open(
      const std::string& name = "") {
    return DataDirectory::Open(&fs_, "d", name, &random_);
  }

  MemFileSystem fs_;
  SimRandom random_{1};
};

TEST_F(DataDirectoryTest, IdentityStaysOverRestartsAndPowerCuts) {
  std::string id, name;
  {
    auto directory = Open();
    ASSERT_TRUE(directory.ok()) << directory.status();
    id = (*directory)->node_id();
    name = (*directory)->node_name();
    EXPECT_EQ(id.size(), 16u);
    EXPECT_THAT(name, HasSubstr("node-"));
  }
  fs_.PowerCut();
  auto again = Open(name);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->node_id(), id);
  EXPECT_EQ((*again)->node_name(), name);
}

TEST_F(DataDirectoryTest, NamesAboveItSurviveAPowerCut) {
  for (const char* path : {"/srv/rowan/node/", "srv2/rowan/node"}) {
    ASSERT_TRUE(DataDirectory::Open(&fs_, path, "n", &random_).ok());
    fs_.PowerCut();
    EXPECT_TRUE(*fs_.Exists(std::string(path) + "/identity")) << path;
  }
}

// Of a directory that somebody else has made for the node.
TEST_F(DataDirectoryTest, DirectoryAboveNeedNotBeReadable) {
  fs_.FailNext(FileOp::kSyncDirectory, "/srv", 1,
               absl::PermissionDeniedError("EACCES"));
  EXPECT_TRUE(DataDirectory::Open(&fs_, "/srv/node", "", &random_).ok());
  fs_.FailNext(FileOp::kSyncDirectory, "/other", 1, absl::DataLossError("EIO"));
  EXPECT_TRUE(absl::IsDataLoss(
      DataDirectory::Open(&fs_, "/other/node", "", &random_).status()));
}

TEST_F(DataDirectoryTest, SecondProcessIsRefused) {
  auto first = Open();
  ASSERT_TRUE(first.ok());
  const absl::Status second = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second));
  EXPECT_THAT(second.message(), HasSubstr("in use"));
}

TEST_F(DataDirectoryTest, AnotherNodesDirectoryIsRefused) {
  ASSERT_TRUE(Open("left").ok());
  const absl::Status status = Open("right").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(status.message(), HasSubstr("belongs to node 'left'"));
}

TEST_F(DataDirectoryTest, ForeignFilesStayUntouched) {
  fs_.WriteFile("d/letters.txt", "dear");
  fs_.ResetCounters();
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_EQ(fs_.Counters().writes, 0u);
  EXPECT_EQ(fs_.List("d")->size(), 1u);
}

TEST_F(DataDirectoryTest, AnotherVersionIsRefusedUntouched) {
  ASSERT_TRUE(Open().ok());
  std::string payload;
  PutLittle<uint32_t>(2, &payload);
  payload += std::string(17, '\0');
  const std::string bytes =
      EncodeCheckedFile({.version = 1, .payload = payload});
  fs_.WriteFile("d/identity", bytes);
  fs_.ResetCounters();
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(status.message(), HasSubstr("another version"));
  EXPECT_EQ(*fs_.ReadFile("d/identity"), bytes);
  EXPECT_EQ(fs_.Counters().writes, 0u);
}

TEST_F(DataDirectoryTest, DamageOrLossOfOneIdentityCostsNothing) {
  const std::string id = (*Open("n"))->node_id();
  for (const char* path : {"d/identity", "d/identity.copy"}) {
    SCOPED_TRACE(path);
    const std::string bytes = fs_.ReadFile(path).value();
    for (const bool removed : {false, true}) {
      if (removed) {
        ASSERT_TRUE(fs_.Remove(path).ok());
      } else {
        fs_.Corrupt(path, 30, "?");
      }
      const auto directory = Open();
      ASSERT_TRUE(directory.ok()) << directory.status();
      EXPECT_EQ((*directory)->node_id(), id);
      EXPECT_EQ((*directory)->node_name(), "n");
      EXPECT_EQ(fs_.ReadFile(path).value(), bytes);
    }
  }
}

TEST_F(DataDirectoryTest, UnwritableDirectoryIsRefused) {
  ASSERT_TRUE(fs_.CreateDirectory("d").ok());
  fs_.FailNext(FileOp::kLock, "d", 1,
               absl::PermissionDeniedError("d/LOCK: Permission denied"));
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(status.message(), HasSubstr("data directory d"));
}

TEST_F(DataDirectoryTest, FailureAtAnyStepOfTheFirstStartCanBeRepeated) {
  for (int nth = 1; nth <= 12; ++nth) {
    MemFileSystem fs;
    fs.FailNext(FileOp::kAnyChange, "", nth,
                absl::ResourceExhaustedError("full"), /*sticky=*/true);
    DataDirectory::Open(&fs, "d", "n", &random_).status().IgnoreError();
    fs.ClearFaults();
    fs.PowerCut();
    const auto directory = DataDirectory::Open(&fs, "d", "n", &random_);
    EXPECT_TRUE(directory.ok()) << nth << ": " << directory.status();
  }
}

}  // namespace
}  // namespace rowan
