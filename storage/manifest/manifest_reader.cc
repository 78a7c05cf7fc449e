// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_reader.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_codec.h"

namespace rowan {
namespace {

using namespace manifest_format;  // NOLINT: its names are this file's subject

absl::Status At(uint64_t offset, const absl::Status& status) {
  return Annotate(status, absl::StrCat("offset ", offset));
}

absl::Status LossAt(uint64_t offset, absl::string_view what) {
  return At(offset, absl::DataLossError(what));
}

}  // namespace

absl::Status ManifestReader::Start() {
  bool valid = false;
  absl::Status error;  // of a copy that holds anything, if there is one
  for (size_t i = 0; i < copies_.size(); ++i) {
    const absl::Status checked = CheckHeader(copies_[i], number_);
    // Written so by another version: no damage, and not ours to mend.
    if (!checked.ok() && !absl::IsDataLoss(checked)) return checked;
    valid = valid || checked.ok();
    faults_[i] = checked;
    if (error.ok() || !copies_[i].empty()) error = checked;
  }
  if (!valid) return error;
  end_ = kHeaderBytes;
  return absl::OkStatus();
}

bool ManifestReader::ValidRecordAfter(uint64_t offset) const {
  std::string_view payload;
  for (const std::string_view copy : copies_) {
    for (uint64_t at = offset + 1; at + kRecordPrefixBytes < copy.size();
         ++at) {
      if (DecodeRecord(copy, number_, at, &payload)) return true;
    }
  }
  return false;
}

absl::StatusOr<std::optional<std::string_view>> ManifestReader::TakeRecord() {
  std::optional<std::string_view> taken;
  std::vector<bool> valid(copies_.size());
  for (size_t i = 0; i < copies_.size(); ++i) {
    std::string_view payload;
    valid[i] = DecodeRecord(copies_[i], number_, end_, &payload);
    if (!valid[i]) continue;
    if (taken.has_value() && *taken != payload) {
      return LossAt(end_, "the two files hold different valid records");
    }
    taken = payload;
  }
  for (size_t i = 0; taken.has_value() && i < copies_.size(); ++i) {
    if (valid[i] || !faults_[i].ok()) continue;
    faults_[i] =
        LossAt(end_, copies_[i].size() <= end_ ? "it ends too early"
                                               : "a torn or damaged record");
  }
  return taken;
}

absl::StatusOr<std::optional<ManifestEdit>> ManifestReader::Next() {
  const bool is_snapshot = end_ == kHeaderBytes;
  ASSIGN_OR_RETURN(const auto payload, TakeRecord());
  if (!payload.has_value()) {
    if (is_snapshot) return LossAt(end_, "the snapshot is damaged");
    if (ValidRecordAfter(end_)) {
      return LossAt(end_, "damaged record before valid ones");
    }
    return std::nullopt;
  }
  auto edit = DecodeEdit(*payload);
  if (!edit.ok()) return At(end_, edit.status());
  edit_offset_ = end_;
  end_ += kRecordPrefixBytes + payload->size();
  return std::optional<ManifestEdit>(*std::move(edit));
}

}  // namespace rowan
