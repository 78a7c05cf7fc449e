// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/sstable/sstable_checksums.h"

#include <algorithm>

#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/sstable/format/block.h"
#include "storage/sstable/format/block_index.h"
#include "storage/sstable/format/footer.h"
#include "storage/sstable/format/row_index.h"

namespace rowan {
namespace {

constexpr size_t kBlocksMax = 1000;
constexpr uint64_t kRawBytes = 64 << 20;  // of all blocks, decompressed

// Of the blocks that the node at `handle` names, level by level.
void FixRowIndex(FileId id, BlockHandle handle, BlockKind kind, size_t* left,
                 std::string* file) {
  if (*left == 0 || handle.end() > file->size()) return;
  --*left;
  FixBlock(id, handle.offset, file->data() + handle.offset, handle.length);
  if (kind != BlockKind::kRowRoot && kind != BlockKind::kRowIndex) return;
  BlockBuffer buffer;
  file->copy(buffer.Prepare(handle.length), handle.length, handle.offset);
  RowIndexNode node;
  if (!buffer.Decode(id, handle.offset, kind, kRawBytes).ok()) return;
  std::string_view payload = buffer.payload();
  if (kind == BlockKind::kRowRoot) {
    // A token and a sized head.
    uint64_t token;
    uint32_t head_bytes;
    if (!GetLittle(&payload, &token) || !GetLittle(&payload, &head_bytes) ||
        head_bytes > payload.size()) {
      return;
    }
    payload.remove_prefix(head_bytes);
  }
  if (!node.Parse(payload).ok()) return;
  for (size_t i = 0; i < node.count(); ++i) {
    const auto entry = node.Entry(i);
    if (!entry.ok() || entry->block.offset >= handle.offset) continue;
    FixRowIndex(id, entry->block,
                node.level() == 0 ? BlockKind::kRowPart : BlockKind::kRowIndex,
                left, file);
  }
}

}  // namespace

void FixBlock(FileId file, uint64_t offset, char* block, size_t bytes) {
  if (bytes < kBlockHeaderBytes) return;
  char place[16];
  StoreLittle(offset, StoreLittle(file.value, place));
  StoreLittle(Crc32c({place, sizeof(place)}, Crc32c({block + 4, bytes - 4})),
              block);
}

void FixFooter(std::string* tail) {
  if (tail->size() < kFooterTailBytes) return;
  char* const end = tail->data() + tail->size();
  StoreLittle(kSSTableMagic, end - 8);
  const size_t sections =
      std::min<size_t>(LoadLittle<uint32_t>(end - 20), kSectionsMax);
  const size_t bytes = sections * kSectionEntryBytes + kFooterTailBytes;
  if (bytes > tail->size()) return;
  StoreLittle(Crc32c({end - bytes, bytes - 12}), end - 12);
}

void FixSSTable(std::string* file) {
  FixFooter(file);
  auto footer = ParseFooter(*file, file->size());
  if (!footer.ok()) return;
  uint64_t data_end = file->size();
  for (Section& section : footer->sections) {
    data_end = std::min(data_end, section.offset);
    section.checksum = SectionChecksum(
        std::string_view(*file).substr(section.offset, section.length),
        footer->file, section.kind, section.offset);
  }
  std::string fixed;
  AppendFooter(*footer, &fixed);
  file->replace(file->size() - fixed.size(), fixed.size(), fixed);
  const Section* index = footer->Find(SectionKind::kBlockIndex);
  BlockIndex blocks;
  if (index == nullptr ||
      !blocks.Parse(std::string(*file, index->offset, index->length), data_end)
           .ok()) {
    return;
  }
  size_t left = kBlocksMax;
  for (size_t i = 0; i < blocks.count(); ++i) {
    FixRowIndex(footer->file, blocks.handle(i),
                blocks.large(i) ? BlockKind::kRowRoot : BlockKind::kWideRows,
                &left, file);
  }
}

}  // namespace rowan
