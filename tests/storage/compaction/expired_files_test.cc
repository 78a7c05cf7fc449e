// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/expired_files.h"

#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint32_t kNow = 1000;
constexpr uint32_t kGrace = 100;
constexpr uint32_t kOld = kNow - kGrace - 1;
constexpr uint32_t kForever = std::numeric_limits<uint32_t>::max();
constexpr int64_t kNothing = std::numeric_limits<int64_t>::max();

std::vector<FileId> Expired(const std::vector<FileAge>& files,
                            int64_t elsewhere = kNothing) {
  return ExpiredFiles(files, elsewhere, kNow, kGrace);
}

TEST(ExpiredFiles, FileDeadBeyondTheGraceGoes) {
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld}}), ElementsAre(FileId{1}));
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld + 1}}), IsEmpty());
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kForever}}), IsEmpty());
}

TEST(ExpiredFiles, FileStaysWhileItMayHideSomethingInMemory) {
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld}}, 20), IsEmpty());
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld}}, 21), ElementsAre(FileId{1}));
}

TEST(ExpiredFiles, FileStaysWhileItMayHideSomethingInAnother) {
  EXPECT_THAT(
      Expired({{FileId{1}, 10, 20, kOld}, {FileId{2}, 15, 99, kForever}}),
      IsEmpty());
  EXPECT_THAT(
      Expired({{FileId{1}, 10, 20, kOld}, {FileId{2}, 21, 99, kForever}}),
      ElementsAre(FileId{1}));
}

TEST(ExpiredFiles, FilesThatHideOnlyEachOtherGoTogether) {
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld}, {FileId{2}, 5, 30, kOld}}),
              ElementsAre(FileId{1}, FileId{2}));
}

TEST(ExpiredFiles, FileThatStaysMakesOthersStay) {
  // 3 holds 30; so 2 stays, which holds 15; so 1 stays too. 4 is older.
  EXPECT_THAT(Expired({{FileId{1}, 10, 20, kOld},
                       {FileId{2}, 15, 40, kOld},
                       {FileId{3}, 30, 50, kForever},
                       {FileId{4}, 1, 9, kOld}}),
              ElementsAre(FileId{4}));
}

TEST(ExpiredFiles, GraceLongerThanTimeItselfKeepsEverything) {
  EXPECT_THAT(ExpiredFiles(std::vector<FileAge>{{FileId{1}, 10, 20, 0}},
                           kNothing, 5, 10),
              IsEmpty());
}

}  // namespace
}  // namespace rowan
