// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/row_index.h"

#include <algorithm>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/sstable/format/wide_row_codec.h"

namespace rowan {
namespace {

absl::Status BadNode() { return absl::DataLossError("malformed row index"); }

}  // namespace

void PutRowIndexEntry(const RowIndexEntry& entry, std::string* out) {
  PutVarint(entry.block.offset, out);
  PutVarint(entry.block.length, out);
  PutDeletionTime(entry.open, out);
  out->append(entry.separator);
}

absl::Status DecodeRowIndexEntry(std::string_view item, RowIndexEntry* entry) {
  if (!GetVarint(&item, &entry->block.offset) ||
      !GetVarint32(&item, &entry->block.length) ||
      !GetDeletionTime(&item, &entry->open)) {
    return BadNode();
  }
  entry->separator = item;
  return absl::OkStatus();
}

absl::Status RowIndexNode::Parse(std::string_view payload) {
  uint8_t level;
  if (!GetLittle(&payload, &level) || level >= kRowIndexLevelsMax ||
      !entries_.Parse(payload) || entries_.count() == 0) {
    return BadNode();
  }
  level_ = level;
  return absl::OkStatus();
}

absl::StatusOr<RowIndexEntry> RowIndexNode::Entry(size_t i) const {
  RowIndexEntry entry;
  RETURN_IF_ERROR(DecodeRowIndexEntry(entries_[i], &entry));
  return entry;
}

absl::StatusOr<size_t> RowIndexNode::Find(std::string_view bound) const {
  size_t low = 1;  // everything before is at or below `bound`, or entry 0
  size_t high = entries_.count();
  RowIndexEntry entry;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    RETURN_IF_ERROR(DecodeRowIndexEntry(entries_[middle], &entry));
    if (entry.separator <= bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

absl::Status RowIndexBuilder::Add(const RowIndexEntry& entry, WriteNode write) {
  return AddAt(0, entry, write);
}

absl::Status RowIndexBuilder::AddAt(size_t level, const RowIndexEntry& entry,
                                    WriteNode write) {
  ROWAN_CHECK(level < kRowIndexLevelsMax);
  if (level == levels_.size()) levels_.emplace_back();
  // Two entries a node at least, or the tree would not end.
  if (levels_[level].entries.count() >= 2 &&
      levels_[level].entries.encoded_bytes() + entry.separator.size() >
          kBlockTargetBytes) {
    RETURN_IF_ERROR(Close(level, write));
  }
  Level& node = levels_[level];
  if (node.entries.count() == 0) {
    node.first_separator = entry.separator;
    node.first_open = entry.open;
  }
  PutRowIndexEntry(entry, node.entries.BeginItem());
  return absl::OkStatus();
}

absl::Status RowIndexBuilder::Close(size_t level, WriteNode write) {
  std::string payload(1, static_cast<char>(level));
  levels_[level].entries.AppendTo(&payload);
  ASSIGN_OR_RETURN(const BlockHandle handle, write(payload));
  const std::string separator = std::move(levels_[level].first_separator);
  const RowIndexEntry parent{separator, levels_[level].first_open, handle};
  levels_[level].entries.Clear();
  return AddAt(level + 1, parent, write);
}

absl::Status RowIndexBuilder::Finish(WriteNode write, std::string* out) {
  ROWAN_CHECK(!levels_.empty());
  // Closing a level may add one above: the loop ends at the then topmost.
  for (size_t level = 0; level + 1 < levels_.size(); ++level) {
    if (levels_[level].entries.count() > 0) {
      RETURN_IF_ERROR(Close(level, write));
    }
  }
  out->push_back(static_cast<char>(levels_.size() - 1));
  levels_.back().entries.AppendTo(out);
  levels_.clear();
  return absl::OkStatus();
}

std::string_view ShortestSeparator(std::string_view before,
                                   std::string_view at) {
  ROWAN_DCHECK(before < at);
  const auto differ =
      std::mismatch(before.begin(), before.end(), at.begin(), at.end());
  const size_t common = differ.second - at.begin();
  return at.substr(0, common + 1);
}

}  // namespace rowan
