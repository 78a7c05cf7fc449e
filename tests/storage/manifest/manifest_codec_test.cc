// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_codec.h"

#include <string>

#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {
namespace {

TEST(ManifestCodec, RandomEditsRoundTrip) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    ManifestState state;
    for (int i = 0; i < 20; ++i) {
      const ManifestEdit edit = RandomEdit(state, &random);
      auto back = DecodeEdit(EncodeEdit(edit));
      ASSERT_TRUE(back.ok()) << back.status();
      ASSERT_EQ(*back, edit);
      ASSERT_TRUE(ApplyEdit(edit, &state).ok());
    }
  }
}

TEST(ManifestCodec, AnyBytesAreDecodedOrRefused) {
  ManifestEdit edit = SampleEdit();
  edit.tables_dropped.push_back(TableId{300});
  edit.partitions[0].removed.push_back(FileId{4});
  const std::string bytes = EncodeEdit(edit);
  for (size_t n = 0; n < bytes.size(); ++n) {
    auto cut = DecodeEdit(std::string_view(bytes).substr(0, n));
    if (cut.ok()) {
      EXPECT_EQ(EncodeEdit(*cut), bytes.substr(0, n)) << n;
    }
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string bad = bytes;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      auto decoded = DecodeEdit(bad);
      if (!decoded.ok()) {
        EXPECT_TRUE(absl::IsDataLoss(decoded.status()));
      } else {
        EXPECT_NE(*decoded, edit) << i;
      }
    }
  }
}

TEST(ManifestCodec, FieldsOutOfOrderOrUnknownAreRefused) {
  EXPECT_FALSE(DecodeEdit(std::string("\x04\x06\x03\x01", 4)).ok());
  EXPECT_FALSE(DecodeEdit(std::string("\x04\x06\x04\x06", 4)).ok());
  EXPECT_FALSE(DecodeEdit(std::string("\x06\x01", 2)).ok());
  EXPECT_FALSE(DecodeEdit(std::string("\x05\x06\x05\x06", 4)).ok());
  // A loss without a text, and one that is too long.
  EXPECT_FALSE(DecodeEdit(std::string("\x02\x05\x07\x01\x01\x04\x00", 7)).ok());
  ManifestEdit long_text;
  long_text.partitions = {{TableId{7}, PartitionId{1, 1}}};
  long_text.partitions[0].lost = std::string(1024, 'x');
  EXPECT_EQ(DecodeEdit(EncodeEdit(long_text)).value(), long_text);
  std::string partition("\x07\x01\x01\x04", 4), too_long("\x02");
  PutBytes(std::string(1025, 'x'), &partition);
  PutBytes(partition, &too_long);
  EXPECT_FALSE(DecodeEdit(too_long).ok());
  // A prefix of 17 bits; bits beyond the prefix.
  EXPECT_FALSE(DecodeEdit(std::string("\x02\x03\x07\x11\x00", 5)).ok());
  EXPECT_FALSE(DecodeEdit(std::string("\x02\x03\x07\x01\x02", 5)).ok());
}

TEST(ManifestCodec, HeadersOfVersionOneAreStillRead) {
  for (uint32_t version : {0, 1, 2, 3}) {
    std::string header = EncodeHeader(5);
    StoreLittle(version, header.data() + 8);
    StoreLittle(Crc32c(header.substr(0, 20)), header.data() + 20);
    EXPECT_EQ(CheckHeader(header, 5).ok(), version == 1 || version == 2);
  }
}

TEST(ManifestCodec, RecordIsValidOnlyInItsPlace) {
  const std::string record = EncodeRecord("payload", 3, 100);
  const std::string file = std::string(100, 'x') + record;
  std::string_view payload;
  ASSERT_TRUE(DecodeRecord(file, 3, 100, &payload));
  EXPECT_EQ(payload, "payload");
  EXPECT_FALSE(DecodeRecord(file, 4, 100, &payload));
  EXPECT_FALSE(DecodeRecord("y" + file, 3, 101, &payload));
  for (size_t n = 0; n < file.size(); ++n) {
    EXPECT_FALSE(
        DecodeRecord(std::string_view(file).substr(0, n), 3, 100, &payload));
  }
}

TEST(ManifestCodec, HeaderErrorsSayWhatIsWrong) {
  const std::string header = EncodeHeader(9);
  EXPECT_TRUE(CheckHeader(header, 9).ok());
  EXPECT_TRUE(absl::IsDataLoss(CheckHeader(header, 8)));
  EXPECT_TRUE(absl::IsDataLoss(CheckHeader(header.substr(0, 23), 9)));
  for (size_t i = 0; i < header.size(); ++i) {
    std::string bad = header;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_TRUE(absl::IsDataLoss(CheckHeader(bad, 9))) << i;
  }
  std::string newer = header.substr(0, 20);
  StoreLittle<uint32_t>(3, newer.data() + 8);
  PutLittle<uint32_t>(Crc32c(newer), &newer);
  EXPECT_EQ(CheckHeader(newer, 9).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rowan
