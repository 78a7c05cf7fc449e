// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/offset_list.h"

#include "storage/base/coding.h"

namespace rowan {

void OffsetListBuilder::AppendTo(std::string* out) const {
  PutVarint(starts_.size(), out);
  if (starts_.empty()) return;
  const bool narrow = bytes_.size() <= UINT16_MAX;
  out->push_back(narrow ? 2 : 4);
  for (size_t i = 1; i < starts_.size(); ++i) {
    if (narrow) {
      PutLittle(static_cast<uint16_t>(starts_[i]), out);
    } else {
      PutLittle(starts_[i], out);
    }
  }
  out->append(bytes_);
}

void OffsetListBuilder::Clear() {
  bytes_.clear();
  starts_.clear();
}

bool OffsetList::Parse(std::string_view encoded) {
  *this = OffsetList();
  uint64_t count;
  uint8_t width;
  if (!GetVarint(&encoded, &count)) return false;
  if (count == 0) return encoded.empty();
  if (!GetLittle(&encoded, &width) || (width != 2 && width != 4)) return false;
  if ((count - 1) > encoded.size() / width) return false;
  const size_t column = (count - 1) * width;
  offsets_ = encoded.data();
  width_ = width;
  bytes_ = encoded.substr(column);
  size_t previous = 0;
  for (size_t i = 1; i < count; ++i) {
    const size_t start = Start(i);
    if (start < previous || start > bytes_.size()) return false;
    previous = start;
  }
  count_ = count;
  return true;
}

size_t OffsetList::Start(size_t i) const {
  if (i == 0) return 0;
  const char* const at = offsets_ + (i - 1) * width_;
  return width_ == 2 ? LoadLittle<uint16_t>(at) : LoadLittle<uint32_t>(at);
}

}  // namespace rowan
