// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROWS_BLOCK_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROWS_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "partitioner/token.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// A block of whole wide rows: a column of tokens, a column of offsets, then
// bodies (head and fragment list). ../FORMAT.md.

class WideRowsBlockBuilder {
 public:
  // The caller appends the body to the answer.
  std::string* BeginWideRow(Token token, std::string_view key);

  size_t count() const { return tokens_.size(); }
  size_t encoded_bytes() const { return bodies_.size() + 12 * count() + 8; }
  // REQUIRES for the three: count() > 0.
  Token first_token() const { return Token{tokens_.front()}; }
  Token last_token() const { return Token{tokens_.back()}; }
  std::string_view first_key() const { return first_key_; }

  void AppendTo(std::string* out) const;
  void Clear();

 private:
  std::vector<uint64_t> tokens_;
  std::vector<uint32_t> starts_;
  std::string first_key_;
  std::string bodies_;
};

// A view of such a block's payload. Thread-compatible.
class WideRowsBlock {
 public:
  // kDataLoss when malformed, or when it holds no wide row. Costs nothing that
  // grows with the block: bodies are checked when they are asked for.
  absl::Status Parse(std::string_view payload);

  size_t count() const { return count_; }
  Token token(size_t i) const;
  // Where body i begins in the payload. REQUIRES: i <= count().
  uint32_t start(size_t i) const;
  // The head of wide row i, and its encoded fragment list. kDataLoss.
  absl::Status Read(size_t i, WideRowHead* head,
                    std::string_view* fragments) const;
  // The first wide row at or after (token, key); count() when there is none.
  absl::StatusOr<size_t> LowerBound(Token token, std::string_view key) const;

 private:
  std::string_view payload_;
  size_t count_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_WIDE_ROWS_BLOCK_H_
