// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/verify/sstable_verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "storage/sstable/verify/statistics_difference.h"

namespace rowan {

SSTableVerifier::SSTableVerifier(const SSTableReader* table, VerifyLevel level)
    : table_(table),
      level_(level),
      rows_in_(table->NewSSTableIterator(Blocking::kMayWait, &stats_)),
      order_(table->statistics().partition) {
  if (level == VerifyLevel::kDeep) content_.emplace(table);
}

absl::StatusOr<bool> SSTableVerifier::Step(uint64_t bytes) {
  const uint64_t until = stats_.block_bytes + bytes;
  while (state_ != State::kDone && stats_.block_bytes < until) {
    RETURN_IF_ERROR(Advance());
  }
  return state_ == State::kDone;
}

absl::Status SSTableVerifier::Advance() {
  at_new_wide_row_ = false;
  if (state_ == State::kNew) {
    state_ = State::kReading;
    at_new_wide_row_ = true;
    RETURN_IF_ERROR(Settle(rows_in_->SeekWideRow(Token::Min(), {})));
  } else if (rows_in_->HasRow()) {
    if (level_ > VerifyLevel::kChecksum) CheckFragment();
    ++rows_;
    RETURN_IF_ERROR(Settle(rows_in_->NextRow()));
  } else {
    if (level_ > VerifyLevel::kChecksum) EndWideRow();
    at_new_wide_row_ = true;
    RETURN_IF_ERROR(Settle(rows_in_->NextWideRow()));
  }
  while (at_new_wide_row_ && rows_in_->HasWideRow()) {
    at_new_wide_row_ = false;
    RETURN_IF_ERROR(BeginWideRow());
  }
  if (rows_in_->HasWideRow()) return absl::OkStatus();
  state_ = State::kDone;
  if (level_ > VerifyLevel::kChecksum && !lost_any_) CheckWhole();
  return absl::OkStatus();
}

// Damage is told and left behind, as often as there is some.
absl::Status SSTableVerifier::Settle(absl::Status status) {
  while (absl::IsDataLoss(status)) {
    SSTableLoss loss;
    status = rows_in_->SkipLoss(&loss);
    lost_any_ = true;
    if (loss.partition_key.empty()) {
      at_new_wide_row_ = true;
    } else {
      lost_rows_ = true;
      order_.SkipRows(rows_in_->open_deletion());
    }
    if (damage_count_++ < kDamagesKept) {
      std::string what = loss.what;
      damages_.push_back({std::move(what), std::move(loss)});
    }
  }
  return status;
}

absl::Status SSTableVerifier::BeginWideRow() {
  ++wide_rows_;
  lost_rows_ = false;
  const WideRowHead& head = rows_in_->wide_row();
  if (level_ > VerifyLevel::kChecksum) {
    const char* const broken = order_.BeginWideRow(head);
    if (broken != nullptr) Report(broken);
    const absl::Status counted = collector_.AddWideRow(head);
    if (!counted.ok()) Report(std::string(counted.message()));
  }
  if (content_.has_value()) {
    for (std::string& wrong : content_->CheckHead(head)) {
      Report(std::move(wrong));
    }
  }
  return Settle(rows_in_->SeekRow(kFirstBound, Direction::kForward));
}

void SSTableVerifier::CheckFragment() {
  const RowFragment& fragment = rows_in_->row();
  const char* const broken = order_.Add(fragment);
  if (broken != nullptr) Report(broken);
  const absl::Status counted = collector_.AddFragment(fragment);
  if (!counted.ok()) Report(std::string(counted.message()));
  if (!content_.has_value()) return;
  for (std::string& wrong : content_->CheckFragment(fragment)) {
    Report(std::move(wrong));
  }
}

void SSTableVerifier::EndWideRow() {
  const char* const broken = lost_rows_ ? nullptr : order_.EndWideRow();
  if (broken != nullptr) Report(broken);
  collector_.EndWideRow(0);
}

void SSTableVerifier::CheckWhole() {
  if (stats_.block_bytes != table_->data_end()) {
    Report(absl::StrCat("the indexes name ", stats_.block_bytes, " of ",
                        table_->data_end(), " bytes of data"));
  }
  SSTableStatistics counted;
  collector_.Fill(&counted);
  counted.data_bytes_stored = stats_.block_bytes;
  for (const std::string& name :
       StatisticsDifference(table_->statistics(), counted)) {
    Report(absl::StrCat("statistics: ", name, " is not true"));
  }
}

void SSTableVerifier::Report(std::string what) {
  if (damage_count_++ >= kDamagesKept) return;
  std::string where = table_->path();
  if (rows_in_->HasWideRow()) {
    const std::string key(rows_in_->wide_row().partition_key);
    absl::StrAppend(&where, ": wide row ",
                    PartitionKeyText(table_->schema(), key));
  }
  damages_.push_back({absl::StrCat(where, ": ", what), std::nullopt});
}

}  // namespace rowan
