// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MANIFEST_GROWN_MANIFEST_H_
#define ROWAN_TESTS_STORAGE_MANIFEST_GROWN_MANIFEST_H_

#include <cstdint>
#include <string>
#include <utility>

#include "tests/storage/manifest/manifest_history.h"

namespace rowan {

inline constexpr size_t kRewriteBytes = 1 << 20;

// Replaces all files of 16 partitions by `count` new ones in each.
inline ManifestEdit ReplaceFiles(const ManifestState& state, int count) {
  const TableId table{1};
  ManifestEdit edit;
  const auto known = state.tables.find(table);
  if (known == state.tables.end()) {
    edit.tables_created.emplace_back(table, LogPosition{1});
  }
  uint64_t next_file = state.next_file.value;
  for (uint32_t bits = 0; bits < 16; ++bits) {
    ManifestEdit::PartitionEdit part{table, PartitionId{4, bits}};
    if (known != state.tables.end()) {
      for (const auto& file : known->second.partitions.at({4, bits}).files) {
        part.removed.push_back(file.file);
      }
    }
    for (int i = 0; i < count; ++i) {
      part.added.push_back({FileId{next_file++}, 0, 1 << 30});
    }
    edit.partitions.push_back(std::move(part));
  }
  return edit;
}

// MANIFEST-1 whose next Commit rewrites it, as bytes.
inline const std::string& GrownManifest() {
  static const auto* bytes = new std::string([] {
    MemFileSystem fs;
    fs.WriteFile("data/x", "");
    auto manifest = OpenOrDie(&fs);
    while (fs.ReadFile(kFirst)->size() < kRewriteBytes) {
      EXPECT_TRUE(manifest->Commit(ReplaceFiles(manifest->state(), 60)).ok());
    }
    return fs.ReadFile(kFirst).value();
  }());
  return *bytes;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MANIFEST_GROWN_MANIFEST_H_
