// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_INDEX_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "partitioner/token.h"
#include "storage/sstable/format/format.h"

namespace rowan {

// Where wide rows stand. One entry a block of whole wide rows or a root of a
// large wide row, in (token, key) order. The first key of a block is kept only
// where its token is also the last one of the block before: elsewhere the
// tokens alone tell the two apart.

class BlockIndexBuilder {
 public:
  // The next entry. `large`: the handle is that of a kRowRoot. `last` is the
  // last token under it.
  void Add(Token first, std::string_view first_key, Token last, bool large,
           BlockHandle handle);
  size_t encoded_bytes() const { return entries_.size() + 10; }
  std::string Finish() const;

 private:
  std::string entries_;
  uint64_t count_ = 0;
  Token last_first_;  // first token of the entry before
  Token last_last_;   // and its last
  uint64_t last_end_ = 0;
};

// The index in memory: columns, so that a search touches one or two cache lines
// of tokens after one of the radix table. Tokens are uniform; where they are
// not, the search in a bucket is binary and the cost grows by its logarithm.
// Thread-safe.
class BlockIndex {
 public:
  // kDataLoss when the bytes are not an index of blocks below `data_end`.
  absl::Status Parse(std::string_view section, uint64_t data_end);

  size_t count() const { return first_tokens_.size(); }
  Token first_token(size_t i) const { return Token{first_tokens_[i]}; }
  // Whether the first token of entry i is also the last of the one before.
  bool tied(size_t i) const;
  bool large(size_t i) const { return (lengths_[i] & kLarge) != 0; }
  BlockHandle handle(size_t i) const {
    return {offsets_[i], lengths_[i] & ~kLarge};
  }
  // Where the bytes of entry i begin, the parts of a large wide row included.
  uint64_t SpanStart(size_t i) const {
    return i == 0 ? 0 : handle(i - 1).end();
  }

  // The entry where a search for (token, key) begins: the last one that does
  // not begin above it, or 0. What is sought may still be in a later one.
  // REQUIRES: count() > 0.
  size_t Find(Token token, std::string_view key) const;

  size_t memory_bytes() const;

 private:
  static constexpr uint32_t kLarge = uint32_t{1} << 31;

  void BuildRadix();
  // The first entry with a first token at or above `token`.
  size_t LowerBound(uint64_t token) const;

  std::vector<uint64_t> first_tokens_;
  std::vector<uint64_t> offsets_;
  std::vector<uint32_t> lengths_;
  // Entries whose first token is the last of the entry before, ascending.
  std::vector<uint32_t> tied_;
  std::vector<std::string> tied_keys_;
  // slots_[b]: first entry with (token - first) >> shift_ at or above b.
  std::vector<uint32_t> slots_;
  int shift_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_INDEX_H_
