// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/row_index_cursor.h"

#include "storage/base/status_macros.h"

namespace rowan {

absl::Status RowIndexCursor::Reset(std::string_view node, uint64_t offset) {
  if (path_.empty()) path_.push_back(std::make_unique<Node>());
  known_ = 0;
  Node& root = *path_[0];
  root.offset = offset;
  const absl::Status parsed = root.node.Parse(node);
  if (!parsed.ok()) return source_->At(offset, parsed);
  path_.resize(root.node.level() + 1);
  for (auto& below : path_) {
    if (below == nullptr) below = std::make_unique<Node>();
  }
  return absl::OkStatus();
}

absl::Status RowIndexCursor::Seek(std::string_view bound) {
  for (size_t depth = 0;; ++depth) {
    known_ = depth;
    Node& node = *path_[depth];
    const absl::StatusOr<size_t> at = node.node.Find(bound);
    if (!at.ok()) return source_->At(node.offset, at.status());
    node.at = *at;
    known_ = depth + 1;
    if (depth + 1 == path_.size()) return ReadEntry(node, &entry_);
    RETURN_IF_ERROR(ReadChild(depth));
  }
}

absl::StatusOr<bool> RowIndexCursor::Next() { return Step(true); }

absl::StatusOr<bool> RowIndexCursor::Previous() { return Step(false); }

absl::StatusOr<bool> RowIndexCursor::Step(bool forward) {
  size_t depth = known_;
  while (depth > 0) {
    const Node& node = *path_[depth - 1];
    if (forward ? node.at + 1 < node.node.count() : node.at > 0) break;
    --depth;
  }
  if (depth == 0) return false;
  Node& turning = *path_[depth - 1];
  turning.at = forward ? turning.at + 1 : turning.at - 1;
  for (; depth < path_.size(); ++depth) {
    known_ = depth;
    RETURN_IF_ERROR(ReadChild(depth - 1));
    path_[depth]->at = forward ? 0 : path_[depth]->node.count() - 1;
  }
  known_ = path_.size();
  RETURN_IF_ERROR(ReadEntry(*path_.back(), &entry_));
  return true;
}

void RowIndexCursor::Bounds(std::string* from, std::string* to) const {
  from->clear();
  to->clear();
  for (size_t depth = known_; depth > 0; --depth) {
    const Node& node = *path_[depth - 1];
    const auto here = node.node.Entry(node.at);
    if (depth == known_ && here.ok()) from->assign(here->separator);
    if (node.at + 1 == node.node.count()) continue;
    const auto next = node.node.Entry(node.at + 1);
    if (next.ok()) to->assign(next->separator);
    return;
  }
}

absl::Status RowIndexCursor::ReadChild(size_t depth) {
  RowIndexEntry entry;
  RETURN_IF_ERROR(ReadEntry(*path_[depth], &entry));
  Node& child = *path_[depth + 1];
  child.offset = entry.block.offset;
  RETURN_IF_ERROR(source_->Read(entry.block, BlockKind::kRowIndex, blocking_,
                                stats_, &child.buffer));
  const absl::Status parsed = child.node.Parse(child.buffer.payload());
  if (!parsed.ok()) return source_->At(child.offset, parsed);
  // Levels fall by one on every step, which bounds the descent.
  if (child.node.level() + 1 != path_[depth]->node.level()) {
    return source_->At(child.offset,
                       absl::DataLossError("row index: wrong level"));
  }
  return absl::OkStatus();
}

absl::Status RowIndexCursor::ReadEntry(const Node& node,
                                       RowIndexEntry* entry) const {
  absl::StatusOr<RowIndexEntry> read = node.node.Entry(node.at);
  if (!read.ok()) return source_->At(node.offset, read.status());
  *entry = *read;
  return absl::OkStatus();
}

}  // namespace rowan
