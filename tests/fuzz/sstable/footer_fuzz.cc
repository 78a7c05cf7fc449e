// SPDX-License-Identifier: Apache-2.0
// The footer of an SSTable, its checksum put right.

#include "storage/base/check.h"
#include "storage/sstable/format/footer.h"
#include "tests/fuzz/sstable/sstable_checksums.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

constexpr uint64_t kBefore = 10'000;  // bytes of the file before it

void Run(std::string_view input) {
  std::string tail(input.substr(0, kFooterBytesMax));
  FixFooter(&tail);
  const uint64_t file_bytes = kBefore + tail.size();
  const auto footer = ParseFooter(tail, file_bytes);
  if (!footer.ok()) return;
  for (const Section& section : footer->sections) {
    ROWAN_CHECK(section.offset <= file_bytes);
    ROWAN_CHECK(section.length <= file_bytes - section.offset);
  }
  std::string again;
  AppendFooter(*footer, &again);
  ROWAN_CHECK(tail.ends_with(again));
}

std::vector<std::string> Seeds() {
  std::string footer;
  AppendFooter({FileId{9},
                {{SectionKind::kBlockIndex, 100, 20, 1},
                 {SectionKind::kSchema, 120, 30, 2},
                 {static_cast<SectionKind>(kOptionalSection | 5), 150, 1, 3}}},
               &footer);
  return {footer};
}

}  // namespace

const FuzzTarget kFooterFuzz{"footer", Run, Seeds};

}  // namespace rowan
