// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/order_check.h"

#include "storage/model/key_codec.h"

namespace rowan {

const char* OrderCheck::BeginWideRow(const WideRowHead& head) {
  const bool ascending = !any_ || token_ < head.token ||
                         (token_ == head.token && key_ < head.partition_key);
  any_ = true;
  token_ = head.token;
  key_.assign(head.partition_key);
  position_.clear();
  open_ = {};
  if (!partition_.Contains(head.token)) return "a token of another partition";
  return ascending ? nullptr : "wide rows are not in order";
}

const char* OrderCheck::Add(const RowFragment& fragment) {
  const bool ascending = position_ < fragment.position;
  position_.assign(fragment.position);
  if (!ascending) return "positions are not in order";
  if (fragment.kind == RowFragment::Kind::kRow) {
    return IsBound(fragment.position) ? "a row at a bound" : nullptr;
  }
  const bool joins = fragment.below == open_;
  open_ = fragment.above;
  if (!IsBound(fragment.position)) return "a deletion ends at a row";
  if (!joins) return "a range deletion ends that was not open";
  return fragment.above == fragment.below ? "a change that changes nothing"
                                          : nullptr;
}

const char* OrderCheck::EndWideRow() {
  return open_.none() ? nullptr : "a range deletion is left open";
}

}  // namespace rowan
