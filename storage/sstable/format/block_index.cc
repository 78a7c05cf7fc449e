// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/block_index.h"

#include <algorithm>
#include <bit>

#include "storage/base/check.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

constexpr uint64_t kFlagLarge = 1;
constexpr uint64_t kFlagTied = 2;
constexpr size_t kEntryBytesMin = 3;

absl::Status BadIndex() { return absl::DataLossError("malformed block index"); }

}  // namespace

void BlockIndexBuilder::Add(Token first, std::string_view first_key, Token last,
                            bool large, BlockHandle handle) {
  ROWAN_CHECK(handle.offset >= last_end_);
  ROWAN_CHECK(count_ == 0 || last_last_ <= first);
  const bool tied = count_ > 0 && first == last_last_;
  PutVarint(first.value - last_first_.value, &entries_);
  PutVarint(handle.offset - last_end_, &entries_);
  PutVarint(uint64_t{handle.length} << 2 | (tied ? kFlagTied : 0) |
                (large ? kFlagLarge : 0),
            &entries_);
  if (tied) PutBytes(first_key, &entries_);
  last_first_ = first;
  last_last_ = last;
  last_end_ = handle.end();
  ++count_;
}

std::string BlockIndexBuilder::Finish() const {
  std::string section;
  PutVarint(count_, &section);
  section += entries_;
  return section;
}

absl::Status BlockIndex::Parse(std::string_view in, uint64_t data_end) {
  *this = BlockIndex();
  uint64_t count;
  if (!GetVarint(&in, &count) || count > in.size() / kEntryBytesMin ||
      count > UINT32_MAX) {
    return BadIndex();
  }
  first_tokens_.reserve(count);
  offsets_.reserve(count);
  lengths_.reserve(count);
  uint64_t token = 0;
  uint64_t end = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t step;
    uint64_t gap;
    uint64_t tagged;
    if (!GetVarint(&in, &step) || !GetVarint(&in, &gap) ||
        !GetVarint(&in, &tagged) || step > UINT64_MAX - token ||
        gap > data_end - end) {
      return BadIndex();
    }
    const uint64_t offset = end + gap;
    const uint64_t length = tagged >> 2;
    if (length > data_end - offset || length >= kLarge) return BadIndex();
    token += step;
    end = offset + length;
    if ((tagged & kFlagTied) != 0) {
      std::string_view key;
      if (i == 0 || !GetBytes(&in, &key)) return BadIndex();
      tied_.push_back(static_cast<uint32_t>(i));
      tied_keys_.emplace_back(key);
    }
    first_tokens_.push_back(token);
    offsets_.push_back(offset);
    lengths_.push_back(static_cast<uint32_t>(length) |
                       ((tagged & kFlagLarge) != 0 ? kLarge : 0));
  }
  if (!in.empty()) return BadIndex();
  BuildRadix();
  return absl::OkStatus();
}

// One bucket an entry or a little less: then a bucket holds one entry on
// average.
void BlockIndex::BuildRadix() {
  if (first_tokens_.empty()) return;
  const uint64_t range = first_tokens_.back() - first_tokens_.front();
  const int bits = std::bit_width(first_tokens_.size()) - 1;
  shift_ = std::max(0, static_cast<int>(std::bit_width(range)) - bits);
  if (shift_ > 63) shift_ = 63;
  const size_t buckets = (range >> shift_) + 1;
  slots_.assign(buckets + 1, static_cast<uint32_t>(first_tokens_.size()));
  for (size_t i = first_tokens_.size(); i-- > 0;) {
    slots_[(first_tokens_[i] - first_tokens_.front()) >> shift_] =
        static_cast<uint32_t>(i);
  }
  for (size_t b = buckets; b-- > 0;) {
    slots_[b] = std::min(slots_[b], slots_[b + 1]);
  }
}

size_t BlockIndex::LowerBound(uint64_t token) const {
  if (token <= first_tokens_.front()) return 0;
  if (token > first_tokens_.back()) return count();
  const size_t bucket = (token - first_tokens_.front()) >> shift_;
  const auto begin = first_tokens_.begin();
  return std::lower_bound(begin + slots_[bucket], begin + slots_[bucket + 1],
                          token) -
         begin;
}

bool BlockIndex::tied(size_t i) const {
  return std::binary_search(tied_.begin(), tied_.end(), i);
}

size_t BlockIndex::Find(Token token, std::string_view key) const {
  const size_t at = LowerBound(token.value);
  if (at == count() || first_tokens_[at] != token.value) {
    return at == 0 ? 0 : at - 1;
  }
  // Entries at, at + 1, ... begin with this token; all after `at` are tied, and
  // `at` itself is when the entry before ends with it.
  size_t found = at;
  size_t tie = std::lower_bound(tied_.begin(), tied_.end(), at) - tied_.begin();
  if (tie < tied_.size() && tied_[tie] == at && tied_keys_[tie] > key) {
    return at - 1;
  }
  while (tie < tied_.size() && first_tokens_[tied_[tie]] == token.value &&
         tied_keys_[tie] <= key) {
    found = tied_[tie++];
  }
  return found;
}

size_t BlockIndex::memory_bytes() const {
  size_t bytes = count() * (2 * sizeof(uint64_t) + sizeof(uint32_t)) +
                 slots_.size() * sizeof(uint32_t) +
                 tied_.size() * (sizeof(uint32_t) + sizeof(std::string));
  for (const std::string& key : tied_keys_) bytes += key.size();
  return bytes;
}

}  // namespace rowan
