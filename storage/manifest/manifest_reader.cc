// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_reader.h"

#include <charconv>
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

}  // namespace

absl::Status ManifestReader::Start() {
  RETURN_IF_ERROR(CheckHeader(file_, number_));
  end_ = kHeaderBytes;
  return absl::OkStatus();
}

bool ManifestReader::ValidRecordAfter(uint64_t offset) const {
  std::string_view payload;
  for (uint64_t at = offset + 1; at + kRecordPrefixBytes < file_.size(); ++at) {
    if (DecodeRecord(file_, number_, at, &payload)) return true;
  }
  return false;
}

absl::StatusOr<std::optional<ManifestEdit>> ManifestReader::Next() {
  const bool is_snapshot = end_ == kHeaderBytes;
  if (end_ == file_.size() && !is_snapshot) return std::nullopt;
  std::string_view payload;
  if (!DecodeRecord(file_, number_, end_, &payload)) {
    if (is_snapshot) {
      return At(end_, absl::DataLossError("the snapshot is damaged"));
    }
    if (ValidRecordAfter(end_)) {
      return At(end_, absl::DataLossError("damaged record before valid ones"));
    }
    return std::nullopt;
  }
  auto edit = DecodeEdit(payload);
  if (!edit.ok()) return At(end_, edit.status());
  edit_offset_ = end_;
  end_ += kRecordPrefixBytes + payload.size();
  return std::optional<ManifestEdit>(*std::move(edit));
}

std::optional<uint64_t> ParseManifestName(std::string_view name) {
  if (!name.starts_with(kFilePrefix)) return std::nullopt;
  name.remove_prefix(kFilePrefix.size());
  uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || stop != end || name[0] == '0') {
    return std::nullopt;
  }
  return number;
}

std::string ManifestName(uint64_t number) {
  return std::string(kFilePrefix) + std::to_string(number);
}

}  // namespace rowan
