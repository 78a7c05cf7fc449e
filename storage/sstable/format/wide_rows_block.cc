// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/wide_rows_block.h"

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/sstable/format/wide_row_codec.h"

namespace rowan {
namespace {

constexpr size_t kHeaderBytes = 8;
constexpr size_t kColumnBytes = sizeof(uint64_t) + sizeof(uint32_t);

}  // namespace

std::string* WideRowsBlockBuilder::BeginWideRow(Token token,
                                                std::string_view key) {
  if (tokens_.empty()) first_key_.assign(key);
  tokens_.push_back(token.value);
  starts_.push_back(static_cast<uint32_t>(bodies_.size()));
  return &bodies_;
}

void WideRowsBlockBuilder::AppendTo(std::string* out) const {
  PutLittle(uint64_t{count()}, out);
  for (const uint64_t token : tokens_) PutLittle(token, out);
  const size_t bodies = kHeaderBytes + kColumnBytes * count();
  for (const uint32_t start : starts_) {
    PutLittle(static_cast<uint32_t>(bodies + start), out);
  }
  out->append(bodies_);
}

void WideRowsBlockBuilder::Clear() {
  tokens_.clear();
  starts_.clear();
  bodies_.clear();
}

absl::Status WideRowsBlock::Parse(std::string_view payload) {
  uint64_t count;
  std::string_view rest = payload;
  if (!GetLittle(&rest, &count) || count == 0 ||
      count > rest.size() / kColumnBytes) {
    return absl::DataLossError("malformed block of wide rows");
  }
  payload_ = payload;
  count_ = count;
  return absl::OkStatus();
}

Token WideRowsBlock::token(size_t i) const {
  return Token{LoadLittle<uint64_t>(payload_.data() + kHeaderBytes +
                                    i * sizeof(uint64_t))};
}

uint32_t WideRowsBlock::start(size_t i) const {
  if (i == count_) return static_cast<uint32_t>(payload_.size());
  return LoadLittle<uint32_t>(payload_.data() + kHeaderBytes +
                              count_ * sizeof(uint64_t) + i * sizeof(uint32_t));
}

absl::Status WideRowsBlock::Read(size_t i, WideRowHead* head,
                                 std::string_view* fragments) const {
  const uint32_t from = start(i);
  const uint32_t to = start(i + 1);
  if (from > to || to > payload_.size()) {
    return absl::DataLossError("malformed block of wide rows");
  }
  std::string_view body = payload_.substr(from, to - from);
  if (!GetHead(&body, head)) {
    return absl::DataLossError("malformed head of a wide row");
  }
  head->token = token(i);
  *fragments = body;
  return absl::OkStatus();
}

absl::StatusOr<size_t> WideRowsBlock::LowerBound(Token token,
                                                 std::string_view key) const {
  size_t low = 0;
  size_t high = count_;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (this->token(middle) < token) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  // Different keys of one token are as rare as a collision of 64-bit hashes.
  for (; low < count_ && this->token(low) == token; ++low) {
    WideRowHead head;
    std::string_view fragments;
    RETURN_IF_ERROR(Read(low, &head, &fragments));
    if (head.partition_key >= key) break;
  }
  return low;
}

}  // namespace rowan
