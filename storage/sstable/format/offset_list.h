// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_OFFSET_LIST_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_OFFSET_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

// A sequence of byte strings that can be searched and walked in both
// directions: a column of offsets, then the bytes (../FORMAT.md, "offset
// list"). Fragments of a wide row and entries of a row index are kept so.

class OffsetListBuilder {
 public:
  // The caller appends one item's bytes to the answer.
  std::string* BeginItem() {
    starts_.push_back(static_cast<uint32_t>(bytes_.size()));
    return &bytes_;
  }
  size_t count() const { return starts_.size(); }
  // About what AppendTo writes.
  size_t encoded_bytes() const { return bytes_.size() + 2 * count() + 4; }
  // REQUIRES: less than 4 GiB of items.
  void AppendTo(std::string* out) const;
  void Clear();

 private:
  std::string bytes_;
  std::vector<uint32_t> starts_;
};

// A view of an encoded list. Everything is checked by Parse, so that access is
// total afterwards. Parse costs a pass over the offsets.
class OffsetList {
 public:
  // False when `encoded` is not an offset list; the list is then empty.
  [[nodiscard]] bool Parse(std::string_view encoded);

  size_t count() const { return count_; }
  // REQUIRES: i < count().
  std::string_view operator[](size_t i) const {
    const size_t start = Start(i);
    const size_t end = i + 1 == count_ ? bytes_.size() : Start(i + 1);
    return bytes_.substr(start, end - start);
  }

 private:
  size_t Start(size_t i) const;

  size_t count_ = 0;
  size_t width_ = 2;
  const char* offsets_ = nullptr;  // of items 1..count-1; item 0 starts at 0
  std::string_view bytes_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_OFFSET_LIST_H_
