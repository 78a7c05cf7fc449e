// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/recovery.h"

#include <algorithm>
#include <set>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/engine_impl.h"
#include "storage/engine/log_replayer.h"
#include "storage/engine/lost_files.h"
#include "storage/engine/state/file_names.h"
#include "storage/engine/table_directory.h"
#include "storage/sstable/damaged_sstable.h"

namespace rowan {
namespace {

constexpr std::string_view kOrphanSuffix = ".orphan";

// Also where its name lies: a directory is on the disk when that is synced.
absl::Status MakeDataDirectory(FileSystem* fs, const std::string& directory) {
  RETURN_IF_ERROR(fs->CreateDirectory(directory));
  const size_t slash = directory.rfind('/');
  if (slash == std::string::npos) return fs->SyncDirectory(".");
  return fs->SyncDirectory(slash == 0 ? "/" : directory.substr(0, slash));
}

}  // namespace

absl::Status Recovery::Run(LogOpener open_log, KnownTables known) {
  FileSystem* fs = core_->world.file_system;
  RETURN_IF_ERROR(MakeDataDirectory(fs, core_->options.directory));
  RETURN_IF_ERROR(RefuseLostManifest(fs, core_->options.directory, known));
  ASSIGN_OR_RETURN(std::unique_ptr<Manifest> manifest,
                   Manifest::Open(fs, core_->options.directory,
                                  [this](const ManifestState& left) {
                                    return SetUnlistedAside(left);
                                  }));
  const ManifestState state = manifest->state();
  RETURN_IF_ERROR(RefuseNewManifest(fs, core_->options.directory, state));
  RETURN_IF_ERROR(RefuseLostCatalogue(core_->options.directory, state, known));
  for (const std::string& note : manifest->notes()) {
    notes_.push_back(std::string(kDamagedNote) + note);
  }
  core_->manifest = std::make_unique<ManifestStore>(
      std::move(manifest), fs, [core = core_](const absl::Status& why) {
        core->ReportFailure(Annotate(why, "manifest"));
      });
  RETURN_IF_ERROR(DropUnknownTables(state, known.tables));
  RETURN_IF_ERROR(RemoveStrayDirectories(known.tables));
  for (auto& schema : known.tables) {
    RETURN_IF_ERROR(NoteOrphans(schema->id));
    const auto there = state.tables.find(schema->id);
    if (there == state.tables.end()) {
      RETURN_IF_ERROR(AddTable(core_, std::move(schema)));
    } else {
      RETURN_IF_ERROR(RestoreTable(std::move(schema), there->second));
    }
  }
  return ReplayLog(std::move(open_log), state.losses_accepted_to);
}

absl::Status Recovery::ReplayLog(LogOpener open_log,
                                 LogPosition losses_accepted_to) {
  const int64_t begin_ns = core_->world.clock->MonotonicNanos();
  LogReplayer replayer(core_, losses_accepted_to);
  LogRecovery found;
  ASSIGN_OR_RETURN(core_->log,
                   open_log(replayer.Need(), &replayer, log_client_, &found));
  RETURN_IF_ERROR(replayer.Finish());
  const int64_t took_us =
      (core_->world.clock->MonotonicNanos() - begin_ns) / 1000;
  notes_.push_back(absl::StrCat(
      "commit log: ", found.records, " records in ", found.segments,
      " segments, ", found.bytes, " bytes in ", took_us, " us, ",
      replayer.replayed(), " mutations replayed, ", replayer.skipped(),
      " already in SSTables", found.clean_stop ? ", stopped cleanly" : ""));
  notes_.insert(notes_.end(), found.notes.begin(), found.notes.end());
  notes_.insert(notes_.end(), replayer.notes().begin(), replayer.notes().end());
  if (!core_->options.accept_data_loss) return absl::OkStatus();
  return AcceptLosses(&replayer);
}

absl::Status Recovery::AcceptLosses(LogReplayer* replayer) {
  const LogPosition tail = core_->log->Tail();
  RETURN_IF_ERROR(Annotate(replayer->FlushAll(tail), "--accept-data-loss"));
  RETURN_IF_ERROR(core_->manifest->CommitLossesAccepted(tail));
  uint64_t accepted = 0;
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      if (!partition->lost().ok()) ++accepted;
      partition->SetLost("");
    }
  }
  notes_.push_back(absl::StrCat("--accept-data-loss: ", accepted,
                                " partitions are read again without what they "
                                "lost; see the lines of the starts before"));
  return absl::OkStatus();
}

absl::Status Recovery::SetUnlistedAside(const ManifestState& left) {
  std::set<std::string> live;
  for (const auto& [table, known] : left.tables) {
    for (const auto& [id, partition] : known.partitions) {
      for (const ManifestFile& file : partition.files) {
        live.insert(absl::StrCat(TableDirectoryName(table), "/",
                                 SSTableFileName(file.file)));
      }
    }
  }
  FileSystem* fs = core_->world.file_system;
  const std::string& directory = core_->options.directory;
  ASSIGN_OR_RETURN(const auto tables, fs->List(directory));
  for (const std::string& table : tables) {
    if (!IsTableDirectory(table)) continue;
    const std::string path = absl::StrCat(directory, "/", table);
    ASSIGN_OR_RETURN(const auto names, fs->List(path));
    for (const std::string& name : names) {
      if (!name.ends_with(".sst") ||
          live.contains(absl::StrCat(table, "/", name))) {
        continue;
      }
      const std::string file = absl::StrCat(path, "/", name);
      RETURN_IF_ERROR(fs->Rename(file, file + std::string(kOrphanSuffix)));
    }
    RETURN_IF_ERROR(fs->SyncDirectory(path));
  }
  return absl::OkStatus();
}

absl::Status Recovery::NoteOrphans(TableId table) {
  FileSystem* fs = core_->world.file_system;
  const std::string path =
      absl::StrCat(core_->options.directory, "/", TableDirectoryName(table));
  ASSIGN_OR_RETURN(const bool exists, fs->Exists(path));
  if (!exists) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto names, fs->List(path));
  const auto orphans = std::count_if(
      names.begin(), names.end(),
      [](const std::string& name) { return name.ends_with(kOrphanSuffix); });
  if (orphans == 0) return absl::OkStatus();
  notes_.push_back(absl::StrCat(
      std::string(kDamagedNote), path, "/*", std::string(kOrphanSuffix), ": ",
      orphans,
      " SSTables were set aside when the manifest's last edit was torn or "
      "damaged; remove them unless rows are missing (sstable-dump shows "
      "them)"));
  return absl::OkStatus();
}

absl::Status Recovery::DropUnknownTables(
    const ManifestState& state,
    const std::vector<std::shared_ptr<const Schema>>& tables) {
  std::set<TableId> wanted;
  for (const auto& schema : tables) wanted.insert(schema->id);
  for (const auto& [id, table] : state.tables) {
    if (wanted.contains(id)) continue;
    RETURN_IF_ERROR(core_->manifest->CommitDrop(id));
    notes_.push_back(absl::StrCat("table ", id.value,
                                  ": dropped before, its files removed"));
  }
  return absl::OkStatus();
}

absl::Status Recovery::RemoveStrayDirectories(
    const std::vector<std::shared_ptr<const Schema>>& tables) {
  std::set<std::string> wanted;
  for (const auto& schema : tables) {
    wanted.insert(absl::StrCat(schema->id.value));
  }
  FileSystem* fs = core_->world.file_system;
  ASSIGN_OR_RETURN(const auto names, fs->List(core_->options.directory));
  for (const std::string& name : names) {
    if (!IsTableDirectory(name) || wanted.contains(name)) continue;
    const std::string path = absl::StrCat(core_->options.directory, "/", name);
    const absl::Status removed = RemoveTableFiles(fs, path);
    if (removed.ok()) continue;
    notes_.push_back(absl::StrCat("no table has ", path,
                                  ", but it stays: ", removed.message()));
  }
  return absl::OkStatus();
}

absl::Status Recovery::RestoreTable(std::shared_ptr<const Schema> schema,
                                    const ManifestState::Table& known) {
  ASSIGN_OR_RETURN(std::shared_ptr<Table> table,
                   MakeTable(core_, std::move(schema)));
  // Older records are of another table that had this id.
  for (const auto& partition : table->partitions()) {
    partition->Restore({}, known.created_at);
  }
  for (const auto& [id, state] : known.partitions) {
    const auto& partitions = table->partitions();
    const auto at = std::find_if(
        partitions.begin(), partitions.end(),
        [&id = id](const auto& partition) { return partition->id() == id; });
    if (at == partitions.end()) {
      return absl::DataLossError(
          absl::StrCat("the manifest names partition ", id.prefix_length, "/",
                       id.prefix_bits, " of table ", table->id().value,
                       ", which its schema doesn't have"));
    }
    ASSIGN_OR_RETURN(auto files, OpenFiles(*table, id, state.files));
    (*at)->SetLost(state.lost);
    (*at)->Restore(std::move(files),
                   std::max(state.flushed_to, known.created_at));
  }
  RETURN_IF_ERROR(RemoveOrphans(*table, known));
  core_->tables.Add(std::move(table));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::shared_ptr<SSTable>>> Recovery::OpenFiles(
    const Table& table, PartitionId partition,
    const std::vector<ManifestFile>& files) {
  std::vector<std::shared_ptr<SSTable>> opened;
  for (const ManifestFile& file : files) {
    const std::string path = table.FilePath(file.file);
    auto sstable = SSTable::Open(
        core_->world.file_system, path,
        SSTableName{file.file, table.id(), partition, file.bytes});
    if (sstable.ok()) {
      opened.insert(opened.begin(), *std::move(sstable));  // newest first
      continue;
    }
    // The rest of the node goes on; reads that would need this file say why.
    notes_.push_back(std::string(kDamagedNote) +
                     std::string(sstable.status().message()));
    opened.insert(opened.begin(),
                  MakeDamagedSSTable(path, table.schema(), file.file, partition,
                                     sstable.status()));
  }
  return opened;
}

absl::Status Recovery::RemoveOrphans(const Table& table,
                                     const ManifestState::Table& known) {
  std::set<std::string> live;
  for (const auto& [id, partition] : known.partitions) {
    for (const ManifestFile& file : partition.files) {
      live.insert(table.FilePath(file.file));
    }
  }
  FileSystem* fs = core_->world.file_system;
  ASSIGN_OR_RETURN(const auto names, fs->List(table.directory()));
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(table.directory(), "/", name);
    if (!IsTableFile(name) || live.contains(path)) continue;
    if (name.ends_with(kOrphanSuffix)) continue;
    RETURN_IF_ERROR(fs->Remove(path));
    notes_.push_back(absl::StrCat("removed the unfinished file ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(const EngineOptions& options,
                                                   const EngineWorld& world,
                                                   LogOpener open_log,
                                                   KnownTables known) {
  auto engine = std::make_unique<EngineImpl>(options, world);
  RETURN_IF_ERROR(engine->Open(std::move(open_log), std::move(known)));
  return engine;
}

}  // namespace rowan
