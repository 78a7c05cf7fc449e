// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROW_CODEC_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROW_CODEC_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/row_iterator.h"
#include "storage/sstable/format/offset_list.h"

namespace rowan {

// Heads, fragments and deletion times as bytes (../FORMAT.md). The getters take
// from the front of a view, give views into it, and answer false when the bytes
// are malformed.

void PutDeletionTime(const DeletionTime& deletion, std::string* out);
[[nodiscard]] bool GetDeletionTime(std::string_view* in,
                                   DeletionTime* deletion);

// Everything of a head but its token.
void PutHead(const WideRowHead& head, std::string* out);
[[nodiscard]] bool GetHead(std::string_view* in, WideRowHead* head);

void PutFragment(const RowFragment& fragment, std::string* out);
// From a whole item. kDataLoss.
absl::Status DecodeFragment(std::string_view item, RowFragment* fragment);

// Consecutive fragments of one wide row. A view; thread-compatible.
class FragmentList {
 public:
  // kDataLoss when `encoded` is not an offset list.
  absl::Status Parse(std::string_view encoded);

  size_t count() const { return list_.count(); }
  std::string_view operator[](size_t i) const { return list_[i]; }
  // The first fragment at or after `bound`; count() when there is none.
  absl::StatusOr<size_t> LowerBound(std::string_view bound) const;
  // The range deletion in force just before fragment `i`, where `at_start` is
  // in force before fragment 0.
  absl::StatusOr<DeletionTime> OpenBefore(size_t i,
                                          DeletionTime at_start) const;

 private:
  OffsetList list_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROW_CODEC_H_
