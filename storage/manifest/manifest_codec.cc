// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_codec.h"

#include <utility>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"

namespace rowan {
namespace {

using namespace manifest_format;  // NOLINT: its names are this file's subject

absl::Status Malformed(const char* what) {
  return absl::DataLossError(absl::StrCat("malformed edit: ", what));
}

std::string EncodePartition(const ManifestEdit::PartitionEdit& edit) {
  std::string out;
  PutVarint(edit.table.value, &out);
  PutVarint(edit.partition.prefix_length, &out);
  PutVarint(edit.partition.prefix_bits, &out);
  for (const FileId& file : edit.removed) {
    PutVarint(kFileRemoved, &out);
    PutVarint(file.value, &out);
  }
  for (const ManifestFile& file : edit.added) {
    PutVarint(kFileAdded, &out);
    PutVarint(file.file.value, &out);
    PutVarint(file.level, &out);
    PutVarint(file.bytes, &out);
  }
  if (edit.flushed_to.has_value()) {
    PutVarint(kFlushedTo, &out);
    PutVarint(edit.flushed_to->value, &out);
  }
  if (!edit.lost.empty()) {
    ROWAN_CHECK(edit.lost.size() <= kLostBytesMax);
    PutVarint(kLost, &out);
    PutBytes(edit.lost, &out);
  }
  return out;
}

absl::Status DecodePartitionField(std::string_view* in, uint64_t tag,
                                  ManifestEdit::PartitionEdit* edit) {
  FileId file;
  ManifestFile added;
  LogPosition position;
  std::string_view text;
  switch (tag) {
    case kFileRemoved:
      if (!GetVarint(in, &file.value)) return Malformed("removed file");
      edit->removed.push_back(file);
      return absl::OkStatus();
    case kFileAdded:
      if (!GetVarint(in, &added.file.value) || !GetVarint32(in, &added.level) ||
          !GetVarint(in, &added.bytes)) {
        return Malformed("added file");
      }
      edit->added.push_back(added);
      return absl::OkStatus();
    case kFlushedTo:
      if (!GetVarint(in, &position.value)) return Malformed("flushed position");
      edit->flushed_to = position;
      return absl::OkStatus();
    case kLost:
      if (!GetBytes(in, &text) || text.empty() || text.size() > kLostBytesMax) {
        return Malformed("lost records");
      }
      edit->lost = std::string(text);
      return absl::OkStatus();
    default:
      return Malformed("unknown field of a partition");
  }
}

absl::StatusOr<ManifestEdit::PartitionEdit> DecodePartition(
    std::string_view in) {
  ManifestEdit::PartitionEdit edit;
  uint32_t length, bits;
  if (!GetVarint32(&in, &edit.table.value) || !GetVarint32(&in, &length) ||
      !GetVarint32(&in, &bits) || length > kPartitionPrefixMax ||
      (bits >> length) != 0) {
    return Malformed("name of a partition");
  }
  edit.partition = {static_cast<uint8_t>(length), bits};
  uint64_t last_tag = 0;
  while (!in.empty()) {
    uint64_t tag;
    if (!GetVarint(&in, &tag)) return Malformed("tag");
    if (tag < last_tag || (tag == last_tag && tag >= kFlushedTo)) {
      return Malformed("order of fields of a partition");
    }
    last_tag = tag;
    RETURN_IF_ERROR(DecodePartitionField(&in, tag, &edit));
  }
  return edit;
}

absl::Status DecodeField(std::string_view* in, uint64_t tag,
                         ManifestEdit* edit) {
  TableId table;
  LogPosition position;
  std::string_view bytes;
  switch (tag) {
    case kTableCreated:
      if (!GetVarint32(in, &table.value) || !GetVarint(in, &position.value)) {
        return Malformed("created table");
      }
      edit->tables_created.emplace_back(table, position);
      return absl::OkStatus();
    case kPartition: {
      if (!GetBytes(in, &bytes)) return Malformed("size of a partition");
      ASSIGN_OR_RETURN(auto partition, DecodePartition(bytes));
      edit->partitions.push_back(std::move(partition));
      return absl::OkStatus();
    }
    case kTableDropped:
      if (!GetVarint32(in, &table.value)) return Malformed("dropped table");
      edit->tables_dropped.push_back(table);
      return absl::OkStatus();
    case kNextFile:
      edit->next_file.emplace();
      if (!GetVarint(in, &edit->next_file->value)) {
        return Malformed("next file");
      }
      return absl::OkStatus();
    case kLossesAcceptedTo:
      if (!GetVarint(in, &position.value)) return Malformed("losses accepted");
      edit->losses_accepted_to = position;
      return absl::OkStatus();
    default:
      return Malformed("unknown field");
  }
}

uint32_t RecordChecksum(uint64_t number, uint64_t offset,
                        std::string_view payload) {
  char place[20];
  char* to = StoreLittle(number, place);
  to = StoreLittle(offset, to);
  StoreLittle(static_cast<uint32_t>(payload.size()), to);
  return Crc32c(payload, Crc32c({place, sizeof(place)}));
}

}  // namespace

std::string EncodeEdit(const ManifestEdit& edit) {
  std::string out;
  for (const auto& [table, position] : edit.tables_created) {
    PutVarint(kTableCreated, &out);
    PutVarint(table.value, &out);
    PutVarint(position.value, &out);
  }
  for (const ManifestEdit::PartitionEdit& partition : edit.partitions) {
    PutVarint(kPartition, &out);
    PutBytes(EncodePartition(partition), &out);
  }
  for (const TableId& table : edit.tables_dropped) {
    PutVarint(kTableDropped, &out);
    PutVarint(table.value, &out);
  }
  if (edit.next_file.has_value()) {
    PutVarint(kNextFile, &out);
    PutVarint(edit.next_file->value, &out);
  }
  if (edit.losses_accepted_to.has_value()) {
    PutVarint(kLossesAcceptedTo, &out);
    PutVarint(edit.losses_accepted_to->value, &out);
  }
  return out;
}

absl::StatusOr<ManifestEdit> DecodeEdit(std::string_view payload) {
  ManifestEdit edit;
  uint64_t last_tag = 0;
  while (!payload.empty()) {
    uint64_t tag;
    if (!GetVarint(&payload, &tag)) return Malformed("tag");
    if (tag < last_tag || (tag == last_tag && tag >= kNextFile)) {
      return Malformed("order of fields");
    }
    last_tag = tag;
    RETURN_IF_ERROR(DecodeField(&payload, tag, &edit));
  }
  return edit;
}

std::string EncodeHeader(uint64_t number) {
  std::string out(kMagic);
  PutLittle<uint32_t>(kVersion, &out);
  PutLittle<uint64_t>(number, &out);
  PutLittle<uint32_t>(Crc32c(out), &out);
  return out;
}

absl::Status CheckHeader(std::string_view file, uint64_t number) {
  if (file.size() < kHeaderBytes) {
    return absl::DataLossError("offset 0: shorter than a manifest's header");
  }
  if (!file.starts_with(kMagic)) {
    return absl::DataLossError("offset 0: not a manifest (magic)");
  }
  std::string_view in = file.substr(kMagic.size());
  uint32_t version, checksum;
  uint64_t stored;
  if (!GetLittle(&in, &version) || !GetLittle(&in, &stored) ||
      !GetLittle(&in, &checksum) ||
      checksum != Crc32c(file.substr(0, kHeaderCheckedBytes))) {
    return absl::DataLossError("offset 0: the header's checksum is wrong");
  }
  if (version < kVersionMin || version > kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("manifest format ", version, "; this program reads ",
                     kVersionMin, " to ", kVersion));
  }
  if (stored != number) {
    return absl::DataLossError(
        absl::StrCat("offset 0: holds manifest ", stored));
  }
  return absl::OkStatus();
}

std::string EncodeRecord(std::string_view payload, uint64_t number,
                         uint64_t offset) {
  std::string out;
  out.reserve(kRecordPrefixBytes + payload.size());
  PutLittle<uint32_t>(static_cast<uint32_t>(payload.size()), &out);
  PutLittle<uint32_t>(RecordChecksum(number, offset, payload), &out);
  return out.append(payload);
}

bool DecodeRecord(std::string_view file, uint64_t number, uint64_t offset,
                  std::string_view* payload) {
  if (offset > file.size()) return false;
  std::string_view in = file.substr(offset);
  uint32_t length, checksum;
  if (!GetLittle(&in, &length) || !GetLittle(&in, &checksum) || length == 0 ||
      length > kPayloadBytesMax || length > in.size()) {
    return false;
  }
  *payload = in.substr(0, length);
  return checksum == RecordChecksum(number, offset, *payload);
}

}  // namespace rowan
