// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MANIFEST_MANIFEST_HISTORY_H_
#define ROWAN_TESTS_STORAGE_MANIFEST_MANIFEST_HISTORY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/manifest/manifest.h"
#include "tests/lib/mem_file_system.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {

// Manifests on a disk in memory, always in the directory "data".

inline constexpr char kFirst[] = "data/MANIFEST-1";
inline constexpr char kFirstCopy[] = "data/MANIFEST-1.copy";

inline std::unique_ptr<Manifest> OpenOrDie(MemFileSystem* fs) {
  auto manifest = Manifest::Open(fs, "data");
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return *std::move(manifest);
}

// Puts both files of a manifest there.
inline void WritePair(MemFileSystem* fs, std::string_view bytes,
                      const std::string& path = kFirst) {
  fs->WriteFile(path, bytes);
  fs->WriteFile(path + ".copy", bytes);
}

// The directory holds both files of `manifest` and no other, equal, and a
// second start finds nothing to tell.
inline void ExpectSoundPair(MemFileSystem* fs, const Manifest& manifest) {
  const std::string name = manifest.path().substr(5);
  EXPECT_EQ(fs->List("data").value(),
            (std::vector<std::string>{name, name + ".copy"}));
  EXPECT_EQ(fs->ReadFile(manifest.path()).value(),
            fs->ReadFile(manifest.path() + ".copy").value());
  const auto again = OpenOrDie(fs);
  EXPECT_EQ(again->path(), manifest.path());
  EXPECT_EQ(again->state(), manifest.state());
  EXPECT_TRUE(again->notes().empty()) << again->notes()[0];
}

// The bytes of a manifest of some random edits, and the state after each.
struct ManifestHistory {
  ManifestHistory(uint64_t seed, int edits) {
    MemFileSystem fs;
    EXPECT_TRUE(fs.CreateDirectory("data").ok());
    auto manifest = OpenOrDie(&fs);
    SimRandom random(seed);
    for (int i = 0;; ++i) {
      states.push_back(manifest->state());
      ends.push_back(fs.ReadFile(kFirst)->size());
      if (i == edits) break;
      const size_t before = ends.back();
      while (fs.ReadFile(kFirst)->size() == before) {
        EXPECT_TRUE(
            manifest->Commit(RandomEdit(manifest->state(), &random)).ok());
      }
    }
    bytes = fs.ReadFile(kFirst).value();
  }
  // Where the record begins, or the header (0), that holds the byte at `at`.
  size_t StartOfRecordAt(size_t at) const {
    if (at < 24) return 0;
    size_t record = 0;
    while (ends[record] <= at) ++record;
    return record == 0 ? 24 : ends[record - 1];
  }

  std::vector<ManifestState> states;
  std::vector<size_t> ends;  // of the file, with each state
  std::string bytes;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MANIFEST_MANIFEST_HISTORY_H_
