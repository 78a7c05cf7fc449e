// SPDX-License-Identifier: Apache-2.0
#include "commitlog/format.h"

#include <fstream>
#include <sstream>

#include "commitlog/log_printer.h"
#include "commitlog/segment_image.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

ChunkHeader SomeHeader() {
  ChunkHeader header;
  header.segment = {3};
  header.position = {3 * 65536 + 8192};
  header.length = 95;
  header.record_count = 1;
  header.watermark = {3 * 65536 + 4096};
  header.link = {3 * 65536 - 4096};
  header.head = {65536};
  header.wall_us = 1;
  header.scope = 6;
  return header;
}

std::string Encoded(const ChunkHeader& header) {
  std::string bytes(kChunkHeaderBytes, '\0');
  EncodeChunkHeader(header, bytes.data());
  return bytes;
}

TEST(ChunkHeader, ComesBackAsWritten) {
  const std::string bytes = Encoded(SomeHeader());
  auto header = DecodeChunkHeader(bytes);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(Encoded(*header), bytes);
  EXPECT_EQ(header->link, SomeHeader().link);
  EXPECT_EQ(header->scope, 6u);
  EXPECT_EQ(header->Span(), 4096u);
}

TEST(ChunkHeader, VersionOneIsStillReadAndTellsNoScope) {
  ChunkHeader header = SomeHeader();
  header.scope = 0;  // reserved in version 1
  std::string bytes = Encoded(header);
  StoreLittle(uint16_t{1}, bytes.data() + 4);
  StoreLittle(Crc32c({bytes.data(), 76}), bytes.data() + 76);
  auto decoded = DecodeChunkHeader(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->position, header.position);
  EXPECT_EQ(decoded->scope, kLogScopeAll);
  for (uint16_t unknown : {0, 3}) {
    StoreLittle(unknown, bytes.data() + 4);
    StoreLittle(Crc32c({bytes.data(), 76}), bytes.data() + 76);
    EXPECT_FALSE(DecodeChunkHeader(bytes).has_value()) << unknown;
  }
}

TEST(ChunkHeader, EveryFlippedBitAndCutIsRefused) {
  const std::string good = Encoded(SomeHeader());
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeChunkHeader(bad).has_value()) << "bit " << bit;
  }
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(DecodeChunkHeader(good.substr(0, n)).has_value()) << n;
  }
}

TEST(ChunkHeader, ValuesOutOfRangeAreRefused) {
  auto refused = [](auto change) {
    ChunkHeader header = SomeHeader();
    change(header);
    return !DecodeChunkHeader(Encoded(header)).has_value();
  };
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.kind = ChunkKind{3}; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.length = 79; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.length = UINT32_MAX; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.record_count = 0; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.kind = ChunkKind::kMark; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.watermark.value = ~0ull; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.link.value = ~0ull; }));
  EXPECT_TRUE(refused([](ChunkHeader& h) { h.head.value = ~0ull; }));
}

// As "hexdump -C", without lines of zeros.
std::string HexDump(std::string_view bytes) {
  std::string dump;
  for (size_t at = 0; at < bytes.size(); at += 16) {
    const std::string_view line = bytes.substr(at, 16);
    if (line.find_first_not_of('\0') == line.npos) continue;
    char cell[24];
    std::snprintf(cell, sizeof(cell), "%08zx ", at);
    dump += cell;
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      const unsigned char c = static_cast<unsigned char>(line[i]);
      std::snprintf(cell, sizeof(cell), i == 8 ? "  %02x" : " %02x", c);
      dump += cell;
      text += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
    }
    dump += "  |" + text + "|\n";
  }
  return dump;
}

void WriteGoldenLog(LogHarness& h) {
  ASSERT_TRUE(h.Open().ok());
  h.Write("hello, log", /*scope=*/5);
  h.Die(true);
}

TEST(LogFormat, HexdumpInFormatMdIsTrue) {
  LogHarness h;
  WriteGoldenLog(h);
  const std::string dump =
      HexDump(h.fs.ReadFile("/data/log/segment-000001.log").value());
  std::ifstream file(ROWAN_SOURCE_DIR "/commitlog/FORMAT.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find("```hexdump\n" + dump + "```"), std::string::npos)
      << "FORMAT.md must show:\n"
      << dump;
}

TEST(LogFormat, RecordsThatDontAddUpAreDataLoss) {
  for (uint32_t bad : {0u, 9u, 11u, 4000u, UINT32_MAX}) {
    LogHarness h;
    WriteGoldenLog(h);
    const std::string path = "/data/log/segment-000001.log";
    std::string image = h.fs.ReadFile(path).value();
    char* const chunk = image.data() + 4096;
    ChunkHeader header = *DecodeChunkHeader({chunk, kChunkHeaderBytes});
    StoreLittle(bad, chunk + kChunkHeaderBytes);
    header.body_crc =
        Crc32c({chunk + kChunkHeaderBytes, header.length - kChunkHeaderBytes});
    EncodeChunkHeader(header, chunk);
    h.fs.WriteFile(path, image);
    EXPECT_EQ(h.Open().code(), absl::StatusCode::kDataLoss) << bad;
  }
}

std::string Printed(LogHarness& h, absl::Status* status) {
  auto file = h.fs.Open("/data/log/segment-000001.log", {});
  std::string text;
  *status = WalkSegment(**file, "segment", true, [&](const SegmentItem& item) {
    text.append(SegmentItemText(item)).append("\n");
  });
  return text;
}

TEST(LogPrinter, PrintsChunksAndRecords) {
  LogHarness h;
  WriteGoldenLog(h);
  absl::Status status;
  EXPECT_EQ(Printed(h, &status),
            "0 chunk segment=1 position=65536 length=80 records=0 kind=mark "
            "watermark=65536 link=0 head=0 wall_us=1767225600000000 "
            "scope=0\n"
            "4096 chunk segment=1 position=69632 length=94 records=1 "
            "kind=records watermark=69632 link=0 head=0 "
            "wall_us=1767225600000000 scope=5\n"
            "4176 record position=69712 size=10 bytes=\"hello, log\"\n"
            "8192 nothing until 65536\n");
  EXPECT_TRUE(status.ok());
}

TEST(LogPrinter, GoesOnAfterDamageAndReportsIt) {
  LogHarness h;
  WriteGoldenLog(h);
  h.fs.Corrupt("/data/log/segment-000001.log", 4096 + 85, "x");
  absl::Status status;
  EXPECT_NE(Printed(h, &status).find(" damaged\n8192 nothing"),
            std::string::npos);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  h.fs.Corrupt("/data/log/segment-000001.log", 4096, "x");
  EXPECT_NE(Printed(h, &status).find("4096 nothing until 65536\n"),
            std::string::npos);
  EXPECT_TRUE(status.ok()) << "nothing tells that there was a chunk";
}

TEST(LogPrinter, HeaderThatIsGoneBeforeALaterChunkIsDamage) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 3; ++i) h.Write("record");
  h.Die(true);
  h.fs.Corrupt("/data/log/segment-000001.log", 8192, "x");
  absl::Status status;
  EXPECT_NE(Printed(h, &status).find("8192 nothing until 12288 damaged\n"),
            std::string::npos);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
}

TEST(LogPrinter, RefusesWhatIsNoSegment) {
  LogHarness h;
  h.fs.WriteFile("/data/log/segment-000001.log", "short");
  absl::Status status;
  EXPECT_EQ(Printed(h, &status), "");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rowan
