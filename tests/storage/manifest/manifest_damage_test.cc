// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest.h"
#include "storage/manifest/manifest_codec.h"
#include "tests/storage/manifest/manifest_history.h"

namespace rowan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kBoth[] = "data/MANIFEST-1 and data/MANIFEST-1.copy";

std::string Flipped(std::string bytes, size_t at, int flip = 0xff) {
  bytes[at] = static_cast<char>(bytes[at] ^ flip);
  return bytes;
}

// What the two files of MANIFEST-1 hold, nothing for a missing one, and what a
// start makes of it.
class ManifestDamage : public ::testing::Test {
 protected:
  absl::Status Open(std::optional<std::string> first,
                    std::optional<std::string> copy) {
    fs_.emplace();
    fs_->WriteFile("data/x", "");
    EXPECT_TRUE(fs_->Remove("data/x").ok());
    if (first.has_value()) fs_->WriteFile(kFirst, *first);
    if (copy.has_value()) fs_->WriteFile(kFirstCopy, *copy);
    auto manifest = Manifest::Open(&*fs_, "data");
    if (manifest.ok()) {
      manifest_ = *std::move(manifest);
      return absl::OkStatus();
    }
    // Refused: then nothing has changed.
    EXPECT_EQ(fs_->List("data")->size(), first.has_value() + copy.has_value());
    if (first.has_value()) {
      EXPECT_EQ(fs_->ReadFile(kFirst).value(), *first);
    }
    if (copy.has_value()) {
      EXPECT_EQ(fs_->ReadFile(kFirstCopy).value(), *copy);
    }
    return manifest.status();
  }

  // The same with one sound file and one of `bytes`, either being the first.
  // Nothing is lost, one note says `what` of it, and it is put right.
  void ExpectMended(const std::optional<std::string>& bytes,
                    const std::string& what) {
    for (const bool first : {true, false}) {
      SCOPED_TRACE(first);
      const auto sound = std::optional(history_.bytes);
      ASSERT_TRUE(Open(first ? bytes : sound, first ? sound : bytes).ok());
      EXPECT_EQ(manifest_->state(), history_.states.back());
      EXPECT_EQ(manifest_->cut_bytes(), 0u);
      EXPECT_THAT(
          manifest_->notes(),
          ElementsAre(
              AllOf(StartsWith((first ? kFirst : kFirstCopy) + (": " + what)),
                    HasSubstr(std::string("taken from ") +
                              (first ? kFirstCopy : kFirst)),
                    HasSubstr("both files written anew as data/MANIFEST-2"))));
      ExpectSoundPair(&*fs_, *manifest_);
    }
  }

  const ManifestHistory history_{31, 6};
  // Where the last record begins.
  const size_t last_ = history_.ends[history_.ends.size() - 2];
  const ManifestState& before_last_ =
      history_.states[history_.states.size() - 2];
  std::optional<MemFileSystem> fs_;
  std::unique_ptr<Manifest> manifest_;
};

TEST_F(ManifestDamage, FlippedByteOfOneFileCostsNothing) {
  for (size_t i = 0; i < history_.bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      SCOPED_TRACE(i);
      ExpectMended(
          Flipped(history_.bytes, i, flip),
          "offset " + std::to_string(history_.StartOfRecordAt(i)) + ": ");
    }
  }
}

TEST_F(ManifestDamage, OneFileCutAtAnyLengthCostsNothing) {
  for (size_t n = 0; n < history_.bytes.size(); ++n) {
    SCOPED_TRACE(n);
    ExpectMended(
        history_.bytes.substr(0, n),
        "offset " + std::to_string(history_.StartOfRecordAt(n)) + ": ");
  }
}

TEST_F(ManifestDamage, OneFileLostCostsNothing) {
  ExpectMended(std::nullopt, "missing");
}

TEST_F(ManifestDamage, FileOfZerosOrOfAnotherManifestCostsNothing) {
  ExpectMended(std::string(history_.bytes.size(), '\0'), "offset 0: ");
  ExpectMended(EncodeHeader(7), "offset 0: holds manifest 7");
}

TEST_F(ManifestDamage, UnreadableFileCostsNothing) {
  for (const char* path : {kFirstCopy, kFirst}) {
    MemFileSystem fs;
    WritePair(&fs, history_.bytes);
    // The first one's path is a part of the other's, and it is read first.
    fs.FailNext(FileOp::kRead, path, 1, absl::DataLossError("EIO"));
    auto manifest = OpenOrDie(&fs);
    EXPECT_EQ(manifest->state(), history_.states.back());
    EXPECT_THAT(manifest->notes(),
                ElementsAre(StartsWith(std::string(path) + ": EIO; ")));
    ExpectSoundPair(&fs, *manifest);
  }
}

TEST_F(ManifestDamage, FileThatMayNotBeReadIsNoDamage) {
  MemFileSystem fs;
  WritePair(&fs, history_.bytes);
  fs.FailNext(FileOp::kRead, kFirstCopy, 1, absl::PermissionDeniedError("no"));
  EXPECT_TRUE(absl::IsPermissionDenied(Manifest::Open(&fs, "data").status()));
  EXPECT_THAT(fs.List("data").value(), SizeIs(2));
}

TEST_F(ManifestDamage, BothFilesUnreadableIsRefused) {
  MemFileSystem fs;
  WritePair(&fs, history_.bytes);
  fs.FailNext(FileOp::kRead, "", 1, absl::DataLossError("EIO"), true);
  const absl::Status refused = Manifest::Open(&fs, "data").status();
  EXPECT_TRUE(absl::IsDataLoss(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("EIO"));
}

TEST_F(ManifestDamage, DifferentRecordsOfBothFilesCostNothing) {
  for (size_t i = 0; i < history_.bytes.size(); i += 3) {
    for (size_t j = 0; j < history_.bytes.size(); j += 5) {
      if (history_.StartOfRecordAt(i) == history_.StartOfRecordAt(j)) continue;
      SCOPED_TRACE(testing::Message() << i << " and " << j);
      ASSERT_TRUE(
          Open(Flipped(history_.bytes, i), Flipped(history_.bytes, j)).ok());
      EXPECT_EQ(manifest_->state(), history_.states.back());
      EXPECT_THAT(manifest_->notes(), SizeIs(2));
    }
  }
}

TEST_F(ManifestDamage, SameRecordOfBothFilesIsRefusedWithTheirPlace) {
  for (size_t i = 0; i < last_; ++i) {
    SCOPED_TRACE(i);
    const size_t start = history_.StartOfRecordAt(i);
    const absl::Status refused =
        Open(Flipped(history_.bytes, i), Flipped(history_.bytes, start));
    EXPECT_TRUE(absl::IsDataLoss(refused));
    EXPECT_THAT(std::string(refused.message()),
                StartsWith(std::string(kBoth) + ": offset " +
                           std::to_string(start) + ": "));
  }
}

// Something valid behind the damage in one of them is enough.
TEST_F(ManifestDamage, DamageInOneAndAnEarlyEndOfTheOtherIsRefused) {
  const size_t at = history_.ends[2];
  EXPECT_TRUE(absl::IsDataLoss(
      Open(Flipped(history_.bytes, at + 9), history_.bytes.substr(0, at))));
  EXPECT_TRUE(absl::IsDataLoss(
      Open(history_.bytes.substr(0, at + 5), Flipped(history_.bytes, at + 9))));
}

TEST_F(ManifestDamage, OnlyFileLeftIsRefusedByItsName) {
  for (size_t i = 0; i < last_; ++i) {
    SCOPED_TRACE(i);
    const std::string place =
        ": offset " + std::to_string(history_.StartOfRecordAt(i)) + ": ";
    const std::string bytes = Flipped(history_.bytes, i);
    EXPECT_THAT(std::string(Open(bytes, std::nullopt).message()),
                StartsWith(kFirst + place));
    EXPECT_THAT(std::string(Open(std::nullopt, bytes).message()),
                StartsWith(kFirstCopy + place));
  }
}

TEST_F(ManifestDamage, TwoValidRecordsThatDifferAreRefused) {
  const std::string head = history_.bytes.substr(0, last_);
  const std::string one = EncodeEdit({.next_file = FileId{1001}});
  const std::string two = EncodeEdit({.next_file = FileId{1002}});
  const absl::Status refused = Open(head + EncodeRecord(one, 1, last_),
                                    head + EncodeRecord(two, 1, last_));
  EXPECT_TRUE(absl::IsDataLoss(refused));
  EXPECT_THAT(std::string(refused.message()),
              AllOf(StartsWith(kBoth), HasSubstr("offset")));
}

// A newer program wrote it; what the other file holds is no answer to that.
TEST_F(ManifestDamage, FileOfAnotherFormatVersionIsRefusedAsSuch) {
  std::string header = EncodeHeader(1).substr(0, 20);
  header[8] = static_cast<char>(manifest_format::kVersion + 1);
  PutLittle<uint32_t>(Crc32c(header), &header);
  const std::string newer = header + history_.bytes.substr(header.size());
  EXPECT_TRUE(absl::IsFailedPrecondition(Open(newer, history_.bytes)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Open(history_.bytes, newer)));
}

TEST_F(ManifestDamage, EndsTornAtAnyTwoPlacesAreCutOrWhole) {
  for (size_t n = last_; n <= history_.bytes.size(); ++n) {
    for (size_t m = last_; m <= history_.bytes.size(); ++m) {
      SCOPED_TRACE(testing::Message() << n << " and " << m);
      ASSERT_TRUE(
          Open(history_.bytes.substr(0, n), history_.bytes.substr(0, m)).ok());
      const size_t longest = std::max(n, m);
      const bool whole = longest == history_.bytes.size();
      EXPECT_EQ(manifest_->state(),
                whole ? history_.states.back() : before_last_);
      EXPECT_EQ(manifest_->cut_bytes(), whole ? 0 : longest - last_);
      const bool sound = n == m && (whole || n == last_);
      EXPECT_THAT(manifest_->notes(), SizeIs(sound ? 0 : 1));
      ExpectSoundPair(&*fs_, *manifest_);
    }
  }
}

TEST_F(ManifestDamage, LastRecordOfBothFilesIsCutAndTold) {
  for (size_t i = last_; i < history_.bytes.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(
        Open(Flipped(history_.bytes, i), Flipped(history_.bytes, last_)).ok());
    EXPECT_EQ(manifest_->state(), before_last_);
    EXPECT_EQ(manifest_->cut_bytes(), history_.bytes.size() - last_);
    EXPECT_THAT(manifest_->notes(),
                ElementsAre(StartsWith(
                    std::string(kBoth) + ": offset " + std::to_string(last_) +
                    ": the last edit was torn by a crash or damaged")));
    ExpectSoundPair(&*fs_, *manifest_);
  }
}

}  // namespace
}  // namespace rowan
