// SPDX-License-Identifier: Apache-2.0
#include "node/backup/backup_codec.h"

#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/metadata/checked_file.h"
#include "tests/node/backup/sample_backup.h"

namespace rowan {
namespace {

Backup WithObjects() {
  Backup backup = SampleBackup();
  backup.sstables[{TableId{1}, FileId{4}}] = {DigestOf("four"), 20};
  backup.sstables[{TableId{2}, FileId{5}}] = {DigestOf("five"), 10};
  backup.log.files = {{"segment-000001.log", {DigestOf("one"), 3}, 65536},
                      {"segment-000002.log", {DigestOf(""), 0}, 65536}};
  return backup;
}

TEST(BackupCodec, WhatIsEncodedIsDecoded) {
  const Backup backup = WithObjects();
  const auto decoded = DecodeBackup(EncodeBackup(backup));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, backup);
  EXPECT_EQ(DigestOf(*decoded), DigestOf(backup));
}

TEST(BackupCodec, AnyChangeOfAByteOrOfTheLengthIsRefusedOrAnotherBackup) {
  const std::string bytes = EncodeBackup(WithObjects());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string other = bytes;
    other[i] = static_cast<char>(other[i] ^ 1);
    const auto decoded = DecodeBackup(other);
    if (decoded.ok()) {
      EXPECT_NE(DigestOf(*decoded), DigestOf(bytes)) << i;
    } else {
      EXPECT_TRUE(absl::IsDataLoss(decoded.status())) << decoded.status();
    }
    EXPECT_FALSE(DecodeBackup(bytes.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(DecodeBackup(bytes + '\0').ok());
}

TEST(BackupCodec, LogFileOutsideItsDirectoryIsRefused) {
  for (const char* name : {"../identity", "a/b", ".hidden", ""}) {
    Backup backup = WithObjects();
    backup.log.files[0].name = name;
    EXPECT_TRUE(absl::IsDataLoss(DecodeBackup(EncodeBackup(backup)).status()))
        << name;
  }
}

TEST(BackupCodec, SSTableThatTheManifestDoesNotNameIsRefused) {
  Backup backup = WithObjects();
  backup.sstables[{TableId{2}, FileId{4}}] = {DigestOf("four"), 20};
  EXPECT_TRUE(absl::IsDataLoss(DecodeBackup(EncodeBackup(backup)).status()));
}

// As XXH3-128's authors publish it for no bytes at all.
TEST(BackupDigest, TextIsTheHighHalfFirst) {
  EXPECT_EQ(DigestOf("").Hex(), "99aa06d3014798d86001c324468d497f");
  Digester pieces;
  pieces.Add("pie");
  pieces.Add("ces");
  EXPECT_EQ(pieces.Sum(), DigestOf("pieces"));
}

// Version 1, as it was written first. FORMAT.md, "History".
TEST(BackupCodec, GoldenFileIsReadAndWrittenTheSame) {
  std::ifstream file(ROWAN_SOURCE_DIR "/tests/testdata/golden/backup.v1",
                     std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  const auto checked = DecodeCheckedFile(golden);
  ASSERT_TRUE(checked.ok()) << checked.status();
  const auto backup = DecodeBackup(checked->payload);
  ASSERT_TRUE(backup.ok()) << backup.status();
  EXPECT_EQ(*backup, WithObjects());
  EXPECT_EQ(
      EncodeCheckedFile({.version = 1, .payload = EncodeBackup(WithObjects())}),
      golden);
  EXPECT_EQ(DigestOf(*backup).Hex(), "71121ff371f874db887124c7a640101c");
}

}  // namespace
}  // namespace rowan
