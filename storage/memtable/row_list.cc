// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/row_list.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace rowan {

RowNode* RowNode::Create(std::string_view position, int height, Arena* arena) {
  const size_t size = sizeof(RowNode) +
                      static_cast<size_t>(height) * sizeof(void*) +
                      position.size();
  RowNode* const node = new (arena->Allocate(size)) RowNode(
      static_cast<uint32_t>(position.size()), static_cast<uint8_t>(height));
  for (int level = 0; level < height; ++level) {
    new (&node->link(level)) std::atomic<RowNode*>(nullptr);
  }
  std::memcpy(const_cast<char*>(node->position().data()), position.data(),
              position.size());
  return node;
}

int RowList::DrawHeight(uint64_t random) {
  // Two zero bits per level: one node in four.
  return std::min(kHeightMax, 1 + std::countr_zero(random) / 2);
}

RowNode* RowList::Next(const RowNode* node, int level) const {
  if (node != nullptr) return node->next(level);
  if (level == 0) return first_.load(std::memory_order_acquire);
  const Tower* const tower = tower_.load(std::memory_order_acquire);
  if (tower == nullptr) return nullptr;
  return tower->links[level - 1].load(std::memory_order_acquire);
}

// Calls visit(level, before, after) from the top level to the lowest, where
// `before` is the last node below `position` (null: the head) and `after` the
// one behind it.
template <typename Visit>
void RowList::Descend(std::string_view position, Visit visit) const {
  const RowNode* before = nullptr;
  const RowNode* not_before = nullptr;  // known not to be below `position`
  const int top =
      tower_.load(std::memory_order_acquire) == nullptr ? 0 : kHeightMax - 1;
  for (int level = top; level >= 0; --level) {
    RowNode* after = Next(before, level);
    while (after != nullptr && after != not_before &&
           after->position() < position) {
      before = after;
      after = Next(before, level);
    }
    not_before = after;
    visit(level, const_cast<RowNode*>(before), after);
  }
}

const RowNode* RowList::FindAtOrAfter(std::string_view position) const {
  const RowNode* found = nullptr;
  Descend(position, [&](int, RowNode*, RowNode* after) { found = after; });
  return found;
}

const RowNode* RowList::FindBefore(std::string_view position) const {
  const RowNode* found = nullptr;
  Descend(position, [&](int, RowNode* before, RowNode*) { found = before; });
  return found;
}

RowNode* RowList::FindOrInsert(std::string_view position, uint64_t random,
                               Arena* arena, bool* inserted) {
  Splice splice;
  Descend(position, [&](int level, RowNode* before, RowNode* after) {
    splice.before[level] = before;
    splice.after[level] = after;
  });
  if (splice.after[0] != nullptr && splice.after[0]->position() == position) {
    *inserted = false;
    return splice.after[0];
  }
  // The first row stays low: most wide rows of some tables have just one.
  const int height = first_.load(std::memory_order_relaxed) == nullptr
                         ? 1
                         : DrawHeight(random);
  RowNode* const node = RowNode::Create(position, height, arena);
  for (int level = 0; level < height; ++level) {
    node->link(level).store(splice.after[level], std::memory_order_relaxed);
    Link(splice.before[level], level, node, arena);
  }
  *inserted = true;
  return node;
}

void RowList::Link(RowNode* before, int level, RowNode* node, Arena* arena) {
  if (before != nullptr) {
    before->link(level).store(node, std::memory_order_release);
    return;
  }
  if (level == 0) {
    first_.store(node, std::memory_order_release);
    return;
  }
  Tower* tower = tower_.load(std::memory_order_relaxed);
  if (tower == nullptr) {
    tower = new (arena->Allocate(sizeof(Tower))) Tower{};
    tower_.store(tower, std::memory_order_release);
  }
  tower->links[level - 1].store(node, std::memory_order_release);
}

}  // namespace rowan
