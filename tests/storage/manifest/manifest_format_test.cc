// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/posix_file_system.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_printer.h"
#include "storage/manifest/manifest_state.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

// As `hexdump -C` without its last line.
std::string HexDump(std::string_view bytes) {
  std::string out;
  char text[32];
  for (size_t line = 0; line < bytes.size(); line += 16) {
    std::snprintf(text, sizeof(text), "%08zx ", line);
    out += text;
    std::string letters;
    for (size_t i = line; i < line + 16; ++i) {
      if (i % 8 == 0) out += ' ';
      if (i >= bytes.size()) {
        out += "   ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(bytes[i]);
      std::snprintf(text, sizeof(text), "%02x ", byte);
      out += text;
      letters += byte >= 32 && byte < 127 ? bytes[i] : '.';
    }
    out += " |" + letters + "|\n";
  }
  return out;
}

std::string ExampleManifest() {
  ManifestEdit edit = SampleEdit();
  edit.partitions[0].removed.push_back(FileId{4});
  std::string bytes = EncodeHeader(1);
  bytes += EncodeRecord(EncodeEdit(SnapshotOf({})), 1, bytes.size());
  bytes += EncodeRecord(EncodeEdit(edit), 1, bytes.size());
  return bytes;
}

TEST(ManifestFormat, ExampleInTheDocumentIsTrue) {
  PosixFileSystem fs(1);
  const std::string path = ROWAN_SOURCE_DIR "/storage/manifest/FORMAT.md";
  auto file = fs.Open(path, {}).value();
  std::string document(file->Size().value(), '\0');
  ASSERT_EQ(file->ReadAt(0, document).value(), document.size());
  EXPECT_THAT(document, HasSubstr("```\n" + HexDump(ExampleManifest()) + "```"))
      << "put this into " << path << ", and add a version:\n"
      << HexDump(ExampleManifest());
}

TEST(ManifestFormat, ExamplePrintsAsTheDocumentSays) {
  std::string lines;
  ASSERT_TRUE(PrintManifest(ExampleManifest(), 1, &lines).ok());
  EXPECT_EQ(lines,
            "24 snapshot next_file 1\n"
            "34 create 7@4096 partition 7/2:1 -4 +5(level 0, 1000 bytes) "
            "flushed_to 8192 next_file 6\n");
}

}  // namespace
}  // namespace rowan
