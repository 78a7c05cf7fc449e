// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/filter.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "storage/base/check.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

// 7 probes of 9 bits each fit one 64-bit word and are within 0.05 % of the best
// rate for 512-bit lines at 10 bits a token.
constexpr int kProbes = 7;

constexpr size_t kDirectoryEntryBytes = sizeof(uint64_t) + sizeof(uint32_t);

// The halves of a 128-bit product, folded. The token is a hash already; but the
// tokens of one segment share their top bits, so they are spread once more.
uint64_t Mix(uint64_t value, uint64_t factor) {
  const auto product = static_cast<unsigned __int128>(value) * factor;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

struct Probe {
  explicit Probe(uint64_t token)
      : line_hash(Mix(token ^ 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)),
        bits(Mix(line_hash, 0xa0761d6478bd642f)) {}

  // Which of `count` lines, evenly, without a division.
  uint64_t Line(uint64_t count) const {
    return static_cast<uint64_t>(
        static_cast<unsigned __int128>(line_hash) * count >> 64);
  }
  uint32_t Bit(int i) const { return (bits >> (9 * i)) & 511; }

  uint64_t line_hash;
  uint64_t bits;
};

}  // namespace

FilterBuilder::FilterBuilder(uint64_t expected_tokens) {
  pending_.reserve(std::min<uint64_t>(expected_tokens, kFilterSegmentTokens));
}

void FilterBuilder::Add(Token token) {
  if (!pending_.empty() && pending_.back() == token.value) return;
  ROWAN_DCHECK(pending_.empty() || pending_.back() < token.value);
  if (pending_.size() == kFilterSegmentTokens) CloseSegment();
  pending_.push_back(token.value);
}

size_t FilterBuilder::encoded_bytes() const {
  return directory_.size() + lines_.size() +
         pending_.size() * kFilterBitsPerToken / 8;
}

void FilterBuilder::CloseSegment() {
  const size_t line_count =
      (pending_.size() * kFilterBitsPerToken + 8 * kFilterLineBytes - 1) /
      (8 * kFilterLineBytes);
  const size_t start = lines_.size();
  lines_.resize(start + line_count * kFilterLineBytes);
  for (const uint64_t token : pending_) {
    const Probe probe(token);
    char* const line =
        lines_.data() + start + probe.Line(line_count) * kFilterLineBytes;
    for (int i = 0; i < kProbes; ++i) {
      const uint32_t bit = probe.Bit(i);
      line[bit / 8] = static_cast<char>(line[bit / 8] | 1 << bit % 8);
    }
  }
  PutLittle(pending_.front(), &directory_);
  PutLittle(static_cast<uint32_t>(line_count), &directory_);
  ++segments_;
  pending_.clear();
}

std::string FilterBuilder::Finish() {
  if (!pending_.empty()) CloseSegment();
  std::string section;
  section.reserve(sizeof(segments_) + directory_.size() + lines_.size());
  PutLittle(segments_, &section);
  section += directory_;
  section += lines_;
  *this = FilterBuilder(0);
  return section;
}

absl::Status FilterView::Parse(std::string_view section) {
  uint32_t segments;
  if (!GetLittle(&section, &segments) ||
      segments > section.size() / kDirectoryEntryBytes) {
    return absl::DataLossError("malformed filter");
  }
  first_tokens_.clear();
  first_lines_.assign(1, 0);
  for (uint32_t i = 0; i < segments; ++i) {
    uint64_t token;
    uint32_t line_count;
    if (!GetLittle(&section, &token) || !GetLittle(&section, &line_count) ||
        line_count == 0 || (i > 0 && token < first_tokens_.back())) {
      return absl::DataLossError("malformed filter");
    }
    first_tokens_.push_back(token);
    first_lines_.push_back(first_lines_.back() + line_count);
  }
  if (section.size() != first_lines_.back() * kFilterLineBytes) {
    return absl::DataLossError("malformed filter");
  }
  lines_ = section;
  return absl::OkStatus();
}

bool FilterView::MayContain(Token token) const {
  const auto after =
      std::upper_bound(first_tokens_.begin(), first_tokens_.end(), token.value);
  if (after == first_tokens_.begin()) return false;
  const size_t segment = after - first_tokens_.begin() - 1;
  const uint64_t first = first_lines_[segment];
  const Probe probe(token.value);
  const uint64_t line = first + probe.Line(first_lines_[segment + 1] - first);
  const char* const bytes = lines_.data() + line * kFilterLineBytes;
  for (int i = 0; i < kProbes; ++i) {
    const uint32_t bit = probe.Bit(i);
    if ((bytes[bit / 8] >> bit % 8 & 1) == 0) return false;
  }
  return true;
}

double FilterView::FalsePositiveChance() const {
  if (lines_.empty()) return 0;
  double sum = 0;
  for (size_t at = 0; at < lines_.size(); at += kFilterLineBytes) {
    int bits = 0;
    for (size_t i = 0; i < kFilterLineBytes; i += sizeof(uint64_t)) {
      bits += std::popcount(LoadLittle<uint64_t>(lines_.data() + at + i));
    }
    sum += std::pow(bits / (8.0 * kFilterLineBytes), kProbes);
  }
  return sum / static_cast<double>(lines_.size() / kFilterLineBytes);
}

}  // namespace rowan
