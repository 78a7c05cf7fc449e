// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

// As "hexdump -C".
std::string HexDump(std::string_view bytes) {
  std::string dump;
  char cell[24];
  for (size_t at = 0; at < bytes.size(); at += 16) {
    std::snprintf(cell, sizeof(cell), "%08zx ", at);
    dump += cell;
    std::string text;
    for (size_t i = at; i < at + 16; ++i) {
      const char* const gap = i == at + 8 ? " " : "";
      if (i >= bytes.size()) {
        dump += std::string(gap) + "   ";
        continue;
      }
      const auto c = static_cast<unsigned char>(bytes[i]);
      std::snprintf(cell, sizeof(cell), "%s %02x", gap, c);
      dump += cell;
      text += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
    }
    dump += "  |" + text + "|\n";
  }
  return dump;
}

std::vector<VectorWideRow> GoldenRows() {
  VectorWideRow wide_row{.token = Token{16}, .partition_key = "k"};
  for (const int32_t ck : {1, 2}) {
    wide_row.fragments.push_back({RowFragment::Kind::kRow,
                                  RowPosition(ck),
                                  RowImageOf(ck == 1 ? "a" : "b"),
                                  {},
                                  {}});
  }
  return {wide_row};
}

TEST(SSTableFormat, HexdumpInFormatMdIsTrue) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", GoldenRows());
  const std::string dump = HexDump(*fs.ReadFile("/t.sst"));
  std::stringstream text;
  text << std::ifstream(ROWAN_SOURCE_DIR "/storage/sstable/FORMAT.md").rdbuf();
  EXPECT_NE(text.str().find("```hexdump\n" + dump + "```"), std::string::npos)
      << "FORMAT.md must show, and its versions tell why:\n"
      << dump;
}

}  // namespace
}  // namespace rowan
