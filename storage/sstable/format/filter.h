// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_FILTER_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "partitioner/token.h"

namespace rowan {

// Which tokens may be in a file: a blocked Bloom filter, ten bits a token, one
// 64-byte line a token. Tokens come sorted, so the filter is a chain of
// segments of at most kFilterSegmentTokens tokens, each sized exactly when it
// is full: the builder holds one segment's tokens however wrong the estimate of
// their number was.

inline constexpr size_t kFilterBitsPerToken = 10;
inline constexpr size_t kFilterLineBytes = 64;
inline constexpr size_t kFilterSegmentTokens = 1 << 16;

class FilterBuilder {
 public:
  // `expected_tokens` only reserves memory.
  explicit FilterBuilder(uint64_t expected_tokens);

  // REQUIRES: tokens in ascending order; a repeated one is ignored.
  void Add(Token token);
  size_t encoded_bytes() const;
  // The section's bytes. Leaves the builder empty.
  std::string Finish();

 private:
  void CloseSegment();

  std::vector<uint64_t> pending_;
  std::string directory_;
  std::string lines_;
  uint32_t segments_ = 0;
};

// A view of the section, which the caller keeps. Thread-safe.
class FilterView {
 public:
  // kDataLoss when the bytes are not a filter.
  absl::Status Parse(std::string_view section);

  // False: surely not there. One cache miss beyond the segment directory.
  bool MayContain(Token token) const;
  // The part of absent tokens that MayContain says true for, as the bits that
  // are set have it. A pass over all lines.
  double FalsePositiveChance() const;
  // Memory beyond the section's bytes.
  size_t directory_bytes() const { return 16 * first_tokens_.size(); }

 private:
  // Tokens of segment i are at or above first_tokens_[i]; its lines are
  // first_lines_[i] up to first_lines_[i + 1].
  std::vector<uint64_t> first_tokens_;
  std::vector<uint64_t> first_lines_;
  std::string_view lines_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_FILTER_H_
