// SPDX-License-Identifier: Apache-2.0
// A node of a row index.

#include "storage/base/check.h"
#include "storage/sstable/format/row_index.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  RowIndexNode node;
  if (!node.Parse(input).ok()) return;
  ROWAN_CHECK(node.count() > 0);
  for (size_t i = 0; i < node.count(); ++i) {
    const auto entry = node.Entry(i);
    if (!entry.ok()) continue;
    std::string item;
    PutRowIndexEntry(*entry, &item);
    RowIndexEntry again;
    ROWAN_CHECK(DecodeRowIndexEntry(item, &again).ok());
    ROWAN_CHECK(again.separator == entry->separator);
    ROWAN_CHECK(again.block == entry->block);
    const auto found = node.Find(entry->separator);
    ROWAN_CHECK(!found.ok() || *found < node.count());
  }
}

std::vector<std::string> Seeds() {
  RowIndexBuilder builder;
  const auto write = [](std::string_view payload) {
    return absl::StatusOr<BlockHandle>(
        BlockHandle{100, static_cast<uint32_t>(payload.size())});
  };
  for (const char* separator : {"", "a", "ab", "b"}) {
    ROWAN_CHECK(builder
                    .Add({.separator = separator,
                          .open = {*separator == 'a' ? 7 : 6, 5},
                          .block = {10, 20}},
                         write)
                    .ok());
  }
  std::string root;
  ROWAN_CHECK(builder.Finish(write, &root).ok());
  return {root};
}

}  // namespace

const FuzzTarget kRowIndexFuzz{"row_index", Run, Seeds};

}  // namespace rowan
