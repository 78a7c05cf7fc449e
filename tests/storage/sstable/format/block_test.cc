// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/block.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

absl::Status Decode(std::string_view framed, BlockBuffer* buffer,
                    uint64_t offset = 50, uint64_t file_raw_bytes = 1 << 20) {
  std::copy(framed.begin(), framed.end(), buffer->Prepare(framed.size()));
  return buffer->Decode(FileId{9}, offset, BlockKind::kRowPart, file_raw_bytes);
}

std::string Framed(std::string_view raw, Compression compression) {
  BlockEncoder encoder(FileId{9}, compression);
  std::string out;
  const uint32_t bytes =
      encoder.Append(BlockKind::kRowPart, raw, 50, 1234, &out);
  EXPECT_EQ(bytes, out.size());
  return out;
}

// A header field changed, under a checksum that is right.
std::string Forged(std::string framed, size_t at, uint32_t value) {
  StoreLittle(value, framed.data() + at);
  char place[16];
  StoreLittle(uint64_t{50}, StoreLittle(uint64_t{9}, place));
  StoreLittle(Crc32c({place, 16}, Crc32c(std::string_view(framed).substr(4))),
              framed.data());
  return framed;
}

TEST(Block, ComesBackAsWrittenAndNeverGrows) {
  SimRandom random(1);
  BlockBuffer buffer;  // one for all: what an earlier block left must not show
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    for (const size_t size : {1u, 2u, 100u, 8192u, 300'000u}) {
      std::string noise(size, '\0');
      for (char& c : noise) c = static_cast<char>(random.Next());
      for (const std::string& raw : {noise, std::string(size, 'a')}) {
        const std::string framed = Framed(raw, compression);
        EXPECT_LE(framed.size(), raw.size() + kBlockHeaderBytes);
        ASSERT_TRUE(Decode(framed, &buffer).ok());
        EXPECT_EQ(buffer.payload(), raw);
        EXPECT_EQ(buffer.raw_position(), 1234u);
      }
    }
  }
  EXPECT_LT(Framed(std::string(8192, 'a'), Compression::kLz4).size(), 200u);
}

// Before anything is allocated for it: a length that the file can't have, and
// one that no compressor makes of so few bytes.
TEST(Block, LengthsThatCannotBeAreRefusedUnread) {
  constexpr uint64_t kHuge = uint64_t{1} << 40;
  const std::string raw(100'000, 'a');
  BlockBuffer buffer;
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    const std::string framed = Framed(raw, compression);
    EXPECT_TRUE(Decode(framed, &buffer, 50, 101'234).ok());
    for (const uint64_t of_file : {uint64_t{101'233}, uint64_t{1233}}) {
      EXPECT_THAT(std::string(Decode(framed, &buffer, 50, of_file).message()),
                  testing::HasSubstr("raw "));
    }
  }
  for (const Compression compression :
       {Compression::kLz4, Compression::kZstd}) {
    const std::string forged =
        Forged(Framed(std::string(600, 'a'), compression), 8, 1 << 30);
    EXPECT_THAT(std::string(Decode(forged, &buffer, 50, kHuge).message()),
                testing::HasSubstr("over the limit"));
  }
}

TEST(Block, ForgedLengthsAndKindsAreRefused) {
  BlockBuffer buffer;
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    const std::string framed = Framed(std::string(500, 'a'), compression);
    ASSERT_TRUE(Decode(Forged(framed, 8, 500), &buffer).ok());
    for (const uint32_t raw_length : {0u, 499u, 501u, UINT32_MAX}) {
      EXPECT_FALSE(Decode(Forged(framed, 8, raw_length), &buffer).ok());
      EXPECT_FALSE(Decode(Forged(framed, 4, raw_length), &buffer).ok());
    }
    for (const uint32_t kinds : {0x00000001u, 0x00000302u, 0x0000ff02u}) {
      EXPECT_FALSE(Decode(Forged(framed, 12, kinds), &buffer).ok());
    }
  }
  EXPECT_FALSE(Decode("short", &buffer).ok());
}

TEST(Block, PlaceIsPartOfTheChecksum) {
  const std::string framed = Framed("payload", Compression::kNone);
  BlockBuffer buffer;
  EXPECT_TRUE(Decode(framed, &buffer, 50).ok());
  EXPECT_FALSE(Decode(framed, &buffer, 51).ok());
}

}  // namespace
}  // namespace rowan
