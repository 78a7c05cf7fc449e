// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/order_check.h"

#include "storage/base/check.h"
#include "storage/model/key_codec.h"

namespace rowan {

void OrderCheck::BeginWideRow(const WideRowHead& head) {
  ROWAN_CHECK(!in_wide_row_);
  ROWAN_CHECK(partition_.Contains(head.token));
  if (any_) {
    ROWAN_CHECK(token_ < head.token ||
                (token_ == head.token && key_ < head.partition_key));
  }
  any_ = true;
  in_wide_row_ = true;
  token_ = head.token;
  key_.assign(head.partition_key);
  position_.clear();
  open_ = {};
}

void OrderCheck::Add(const RowFragment& fragment) {
  ROWAN_CHECK(in_wide_row_);
  ROWAN_CHECK(position_ < fragment.position);
  position_.assign(fragment.position);
  if (fragment.kind == RowFragment::Kind::kRow) {
    ROWAN_CHECK(!IsBound(fragment.position));
    return;
  }
  ROWAN_CHECK(IsBound(fragment.position));
  ROWAN_CHECK(fragment.below == open_);
  ROWAN_CHECK(fragment.above != open_);
  open_ = fragment.above;
}

void OrderCheck::EndWideRow() {
  ROWAN_CHECK(in_wide_row_);
  ROWAN_CHECK(open_.none());
  in_wide_row_ = false;
}

void OrderCheck::Finish() { ROWAN_CHECK(!in_wide_row_); }

}  // namespace rowan
