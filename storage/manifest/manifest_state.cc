// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_state.h"

#include <algorithm>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

using Partition = ManifestState::Partition;

absl::Status DoesNotFit(const ManifestEdit::PartitionEdit& edit,
                        std::string_view why, uint64_t number) {
  return absl::DataLossError(
      absl::StrCat("table ", edit.table.value, ", partition ",
                   static_cast<int>(edit.partition.prefix_length), ":",
                   edit.partition.prefix_bits, ": ",
                   absl::string_view(why.data(), why.size()), " ", number));
}

auto Find(std::vector<ManifestFile>& files, FileId id) {
  return std::find_if(files.begin(), files.end(),
                      [id](const ManifestFile& f) { return f.file == id; });
}

// Removes first, so that one edit may put a file on another level. What is
// added stands for what was removed: it takes the place of the oldest of these,
// and is the newest when there are none.
absl::Status ApplyToPartition(const ManifestEdit::PartitionEdit& edit,
                              Partition* partition) {
  std::vector<ManifestFile>& files = partition->files;
  size_t place = edit.removed.empty() ? files.size() : SIZE_MAX;
  for (const FileId& id : edit.removed) {
    auto found = Find(files, id);
    if (found == files.end())
      return DoesNotFit(edit, "removes absent file", id.value);
    place = std::min(place, static_cast<size_t>(found - files.begin()));
    files.erase(found);
  }
  for (const ManifestFile& file : edit.added) {
    if (Find(files, file.file) != files.end()) {
      return DoesNotFit(edit, "adds a second file", file.file.value);
    }
    files.insert(files.begin() + static_cast<std::ptrdiff_t>(place++), file);
  }
  if (edit.flushed_to.has_value()) {
    if (*edit.flushed_to < partition->flushed_to) {
      return DoesNotFit(edit, "flushed position goes back to",
                        edit.flushed_to->value);
    }
    partition->flushed_to = *edit.flushed_to;
  }
  if (!edit.lost.empty()) partition->lost = edit.lost;
  return absl::OkStatus();
}

void ForgetLosses(ManifestState::Table* table) {
  for (auto& [id, partition] : table->partitions) partition.lost.clear();
}

// What `state` holds of the partition; empty when nothing.
Partition CurrentPartition(const ManifestState& state,
                           const PartitionName& name) {
  auto table = state.tables.find(name.first);
  if (table == state.tables.end()) return {};
  auto partition = table->second.partitions.find(name.second);
  return partition == table->second.partitions.end() ? Partition{}
                                                     : partition->second;
}

absl::Status StageTables(const ManifestEdit& edit, const ManifestState& state,
                         StagedEdit* staged) {
  for (const auto& [table, position] : edit.tables_created) {
    auto known = state.tables.find(table);
    if ((known != state.tables.end() && position < known->second.created_at) ||
        !staged->created.emplace(table, position).second) {
      return absl::DataLossError(
          absl::StrCat("table ", table.value, ": created twice"));
    }
  }
  for (const TableId& table : edit.tables_dropped) {
    if (!state.tables.contains(table) && !staged->created.contains(table)) {
      return absl::DataLossError(
          absl::StrCat("table ", table.value, ": dropped but unknown"));
    }
    staged->dropped.push_back(table);
  }
  return absl::OkStatus();
}

}  // namespace

// The parts of an edit apply in this order: tables created (for a known table:
// truncated, its position never goes back), partitions, tables dropped, next
// file (never goes back, and never stays at or below an added file).
absl::StatusOr<StagedEdit> StageEdit(const ManifestEdit& edit,
                                     const ManifestState& state) {
  StagedEdit staged;
  RETURN_IF_ERROR(StageTables(edit, state, &staged));
  staged.next_file = state.next_file;
  staged.losses_accepted_to = edit.losses_accepted_to;
  for (const ManifestEdit::PartitionEdit& part : edit.partitions) {
    const PartitionName name(part.table, part.partition);
    if (!state.tables.contains(part.table) &&
        !staged.created.contains(part.table)) {
      return DoesNotFit(part, "unknown table", part.table.value);
    }
    auto [at, first_touch] = staged.partitions.try_emplace(name);
    if (first_touch) at->second = CurrentPartition(state, name);
    if (staged.created.contains(part.table) || staged.losses_accepted_to) {
      at->second.lost.clear();
    }
    RETURN_IF_ERROR(ApplyToPartition(part, &at->second));
    for (const ManifestFile& file : part.added) {
      staged.next_file =
          std::max(staged.next_file, FileId{file.file.value + 1});
    }
  }
  if (edit.next_file.has_value()) {
    if (*edit.next_file < staged.next_file) {
      return absl::DataLossError(absl::StrCat(
          "next file ", edit.next_file->value, " has been given out"));
    }
    staged.next_file = *edit.next_file;
  }
  return staged;
}

void ApplyStaged(StagedEdit staged, ManifestState* state) {
  for (const auto& [table, position] : staged.created) {
    state->tables[table].created_at = position;
    ForgetLosses(&state->tables[table]);
  }
  if (staged.losses_accepted_to.has_value()) {
    state->losses_accepted_to = *staged.losses_accepted_to;
    for (auto& [id, table] : state->tables) ForgetLosses(&table);
  }
  for (auto& [name, partition] : staged.partitions) {
    state->tables[name.first].partitions[name.second] = std::move(partition);
  }
  for (const TableId& table : staged.dropped) state->tables.erase(table);
  state->next_file = staged.next_file;
}

absl::Status ApplyEdit(const ManifestEdit& edit, ManifestState* state) {
  ASSIGN_OR_RETURN(StagedEdit staged, StageEdit(edit, *state));
  ApplyStaged(std::move(staged), state);
  return absl::OkStatus();
}

ManifestEdit SnapshotOf(const ManifestState& state) {
  ManifestEdit edit;
  for (const auto& [id, table] : state.tables) {
    edit.tables_created.emplace_back(id, table.created_at);
    for (const auto& [partition_id, partition] : table.partitions) {
      edit.partitions.push_back({id,
                                 partition_id,
                                 partition.files,
                                 {},
                                 partition.flushed_to,
                                 partition.lost});
    }
  }
  edit.next_file = state.next_file;
  if (state.losses_accepted_to.value > 0) {
    edit.losses_accepted_to = state.losses_accepted_to;
  }
  return edit;
}

}  // namespace rowan
