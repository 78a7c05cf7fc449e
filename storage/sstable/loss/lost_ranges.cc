// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/loss/lost_ranges.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan {

struct LostRanges::Rows::Loss {
  SSTableLoss range;
  Token last_so_far;  // the largest `last` of this and those before
  std::string said;

  absl::Status Said() const { return absl::DataLossError(said); }
};

LostRanges::LostRanges() = default;
LostRanges::~LostRanges() = default;

std::shared_ptr<const LostRanges> LostRanges::Of(
    std::span<const OfFile> files) {
  std::shared_ptr<LostRanges> all;
  for (const OfFile& file : files) {
    for (const SSTableLoss& loss : file.losses) {
      if (all == nullptr) all.reset(new LostRanges);
      auto& into = loss.partition_key.empty() ? all->wide_rows_ : all->rows_;
      into.push_back(
          {loss, loss.last,
           absl::StrCat("damage took ", LossText(*file.schema, loss), ": ",
                        loss.what,
                        "; to read what is left, scrub the table's SSTables "
                        "once with the loss accepted")});
    }
  }
  if (all == nullptr) return nullptr;
  const auto by_token = [](const Rows::Loss& a, const Rows::Loss& b) {
    return a.range.first < b.range.first;
  };
  std::sort(all->wide_rows_.begin(), all->wide_rows_.end(), by_token);
  std::sort(all->rows_.begin(), all->rows_.end(), by_token);
  Token last_so_far = Token::Min();
  for (Rows::Loss& loss : all->wide_rows_) {
    last_so_far = loss.last_so_far = std::max(last_so_far, loss.range.last);
  }
  return all;
}

absl::Status LostRanges::CheckTokens(Token first, Token last) const {
  auto at = std::upper_bound(wide_rows_.begin(), wide_rows_.end(), last,
                             [](Token token, const Rows::Loss& loss) {
                               return token < loss.range.first;
                             });
  for (; at != wide_rows_.begin() && std::prev(at)->last_so_far >= first;
       --at) {
    if (std::prev(at)->range.last >= first) return std::prev(at)->Said();
  }
  return absl::OkStatus();
}

LostRanges::Rows LostRanges::InWideRow(Token token,
                                       std::string_view partition_key) const {
  Rows found;
  auto at = std::lower_bound(rows_.begin(), rows_.end(), token,
                             [](const Rows::Loss& loss, Token wanted) {
                               return loss.range.first < wanted;
                             });
  for (; at != rows_.end() && at->range.first == token; ++at) {
    if (at->range.partition_key == partition_key) {
      found.losses_.push_back(&*at);
    }
  }
  return found;
}

absl::Status LostRanges::Rows::Check(std::string_view from,
                                     std::string_view to) const {
  for (const Loss* loss : losses_) {
    const std::string_view begin =
        std::max<std::string_view>(from, loss->range.from);
    const bool below_end = to.empty() || begin < to;
    const bool below_loss = loss->range.to.empty() || begin < loss->range.to;
    if (below_end && below_loss) return loss->Said();
  }
  return absl::OkStatus();
}

}  // namespace rowan
