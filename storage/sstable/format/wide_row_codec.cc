// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/wide_row_codec.h"

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr uint8_t kHeadHasDeletion = 1;
constexpr uint8_t kHeadHasStaticRow = 2;

absl::Status BadFragment() {
  return absl::DataLossError("malformed fragment of a wide row");
}

// Takes kind and position; `in` is then the rest of the item.
bool GetPosition(std::string_view* in, RowFragment* fragment) {
  uint64_t tag;
  if (!GetVarint(in, &tag) || (tag >> 1) > in->size()) return false;
  fragment->kind = (tag & 1) == 0 ? RowFragment::Kind::kRow
                                  : RowFragment::Kind::kDeletionChange;
  fragment->position = in->substr(0, tag >> 1);
  in->remove_prefix(tag >> 1);
  return true;
}

}  // namespace

void PutDeletionTime(const DeletionTime& deletion, std::string* out) {
  out->push_back(deletion.none() ? 0 : 1);
  if (deletion.none()) return;
  PutLittle(deletion.timestamp, out);
  PutLittle(deletion.local_time_s, out);
}

bool GetDeletionTime(std::string_view* in, DeletionTime* deletion) {
  uint8_t present;
  if (!GetLittle(in, &present) || present > 1) return false;
  *deletion = {};
  if (present == 0) return true;
  return GetLittle(in, &deletion->timestamp) &&
         GetLittle(in, &deletion->local_time_s) && !deletion->none();
}

void PutHead(const WideRowHead& head, std::string* out) {
  PutBytes(head.partition_key, out);
  uint8_t flags = 0;
  if (!head.deletion.none()) flags |= kHeadHasDeletion;
  if (!head.static_row.empty()) flags |= kHeadHasStaticRow;
  out->push_back(static_cast<char>(flags));
  if (!head.deletion.none()) PutDeletionTime(head.deletion, out);
  if (!head.static_row.empty()) PutBytes(head.static_row, out);
}

bool GetHead(std::string_view* in, WideRowHead* head) {
  uint8_t flags;
  if (!GetBytes(in, &head->partition_key) || !GetLittle(in, &flags) ||
      (flags & ~(kHeadHasDeletion | kHeadHasStaticRow)) != 0) {
    return false;
  }
  head->deletion = {};
  head->static_row = {};
  if ((flags & kHeadHasDeletion) != 0 &&
      (!GetDeletionTime(in, &head->deletion) || head->deletion.none())) {
    return false;
  }
  return (flags & kHeadHasStaticRow) == 0 || GetBytes(in, &head->static_row);
}

void PutFragment(const RowFragment& fragment, std::string* out) {
  const bool change = fragment.kind == RowFragment::Kind::kDeletionChange;
  PutVarint(fragment.position.size() << 1 | (change ? 1 : 0), out);
  out->append(fragment.position);
  if (change) {
    PutDeletionTime(fragment.below, out);
    PutDeletionTime(fragment.above, out);
  } else {
    out->append(fragment.image);
  }
}

absl::Status DecodeFragment(std::string_view item, RowFragment* fragment) {
  *fragment = {};
  if (!GetPosition(&item, fragment)) return BadFragment();
  if (fragment->kind == RowFragment::Kind::kRow) {
    fragment->image = item;
    return absl::OkStatus();
  }
  if (!GetDeletionTime(&item, &fragment->below) ||
      !GetDeletionTime(&item, &fragment->above) || !item.empty()) {
    return BadFragment();
  }
  return absl::OkStatus();
}

absl::Status FragmentList::Parse(std::string_view encoded) {
  return list_.Parse(encoded) ? absl::OkStatus()
                              : absl::DataLossError("malformed fragment list");
}

absl::StatusOr<size_t> FragmentList::LowerBound(std::string_view bound) const {
  size_t low = 0;
  size_t high = list_.count();
  RowFragment fragment;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    std::string_view item = list_[middle];
    if (!GetPosition(&item, &fragment)) return BadFragment();
    if (fragment.position < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

absl::StatusOr<DeletionTime> FragmentList::OpenBefore(
    size_t i, DeletionTime at_start) const {
  RowFragment fragment;
  while (i > 0) {
    --i;
    std::string_view item = list_[i];
    if (!GetPosition(&item, &fragment)) return BadFragment();
    if (fragment.kind != RowFragment::Kind::kDeletionChange) continue;
    RETURN_IF_ERROR(DecodeFragment(list_[i], &fragment));
    return fragment.above;
  }
  return at_start;
}

}  // namespace rowan
