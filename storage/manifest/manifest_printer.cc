// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_printer.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "storage/base/status_macros.h"
#include "storage/manifest/manifest_reader.h"

namespace rowan {
namespace {

std::string PrintPartition(const ManifestEdit::PartitionEdit& edit) {
  std::string out = absl::StrCat(" partition ", edit.table.value, "/",
                                 static_cast<int>(edit.partition.prefix_length),
                                 ":", edit.partition.prefix_bits);
  for (const FileId& file : edit.removed)
    absl::StrAppend(&out, " -", file.value);
  for (const ManifestFile& file : edit.added) {
    absl::StrAppend(&out, " +", file.file.value, "(level ", file.level, ", ",
                    file.bytes, " bytes)");
  }
  if (edit.flushed_to.has_value()) {
    absl::StrAppend(&out, " flushed_to ", edit.flushed_to->value);
  }
  if (!edit.lost.empty()) {
    absl::StrAppend(&out, " lost \"", absl::CHexEscape(edit.lost), "\"");
  }
  return out;
}

}  // namespace

std::string PrintEdit(const ManifestEdit& edit) {
  std::string out;
  for (const auto& [table, position] : edit.tables_created) {
    absl::StrAppend(&out, " create ", table.value, "@", position.value);
  }
  for (const ManifestEdit::PartitionEdit& partition : edit.partitions) {
    out += PrintPartition(partition);
  }
  for (const TableId& table : edit.tables_dropped) {
    absl::StrAppend(&out, " drop ", table.value);
  }
  if (edit.next_file.has_value()) {
    absl::StrAppend(&out, " next_file ", edit.next_file->value);
  }
  if (edit.losses_accepted_to.has_value()) {
    absl::StrAppend(&out, " losses_accepted_to ",
                    edit.losses_accepted_to->value);
  }
  return out.empty() ? "nothing" : out.substr(1);
}

absl::Status PrintManifest(std::string_view file, uint64_t number,
                           std::string* out) {
  ManifestReader reader(file, number);
  RETURN_IF_ERROR(reader.Start());
  bool snapshot = true;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<ManifestEdit> edit, reader.Next());
    if (!edit.has_value()) break;
    absl::StrAppend(out, reader.edit_offset(), snapshot ? " snapshot " : " ",
                    PrintEdit(*edit), "\n");
    snapshot = false;
  }
  if (reader.end() < file.size()) {
    absl::StrAppend(out, reader.end(), " torn end, ",
                    file.size() - reader.end(), " bytes\n");
  }
  return absl::OkStatus();
}

}  // namespace rowan
