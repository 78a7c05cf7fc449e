// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/table_directory.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/engine/state/file_names.h"
#include "storage/sstable/damaged_sstable.h"

namespace rowan {
namespace {

// Merges that end meanwhile unlink what was about to be linked. Each one takes
// far longer than the linking of a partition's files.
constexpr int kLinkAttemptsMax = 10;

absl::Status LinkAll(FileSystem* fs, const PartitionView& view,
                     const std::string& directory,
                     TableFiles::Partition* linked) {
  for (auto file = view.sstables.rbegin(); file != view.sstables.rend();
       ++file) {
    const std::string& path = (*file)->path();
    std::string name = path.substr(path.rfind('/') + 1);
    const absl::Status status =
        fs->Link(path, absl::StrCat(directory, "/", name));
    // One that was missing at the start is kept by name: who restores it hears
    // of that.
    const bool missing = absl::IsNotFound(status) && !(*file)->damage().ok();
    if (!missing) RETURN_IF_ERROR(status);
    linked->files.push_back(
        {std::move(name), (*file)->statistics().level, (*file)->file_bytes()});
  }
  return absl::OkStatus();
}

absl::Status Unlink(FileSystem* fs, const std::string& directory,
                    TableFiles::Partition* linked) {
  for (const auto& file : linked->files) {
    const absl::Status status =
        fs->Remove(absl::StrCat(directory, "/", file.name));
    if (!absl::IsNotFound(status)) RETURN_IF_ERROR(status);
  }
  linked->files.clear();
  return absl::OkStatus();
}

absl::StatusOr<TableFiles::Partition> LinkPartition(
    FileSystem* fs, const Partition& partition, const std::string& directory) {
  TableFiles::Partition linked;
  linked.id = partition.id();
  linked.lost = partition.lost_how();
  for (int attempt = 1;; ++attempt) {
    const absl::Status status =
        LinkAll(fs, *partition.HoldView(), directory, &linked);
    if (status.ok()) return linked;
    RETURN_IF_ERROR(Unlink(fs, directory, &linked));
    if (!absl::IsNotFound(status)) return status;
    if (attempt == kLinkAttemptsMax) {
      return absl::DataLossError(status.message());
    }
  }
}

// As recovery opens it: what is damaged or missing stays as what it is.
absl::StatusOr<std::shared_ptr<SSTable>> TakeFile(
    FileSystem* fs, const Table& table, const std::string& from,
    const SSTableName& name, std::vector<std::string>* damage) {
  const std::string path = table.FilePath(name.file);
  const absl::Status linked = fs->Link(from, path);
  if (!linked.ok() && !absl::IsNotFound(linked)) return linked;
  absl::StatusOr<std::shared_ptr<SSTable>> sstable =
      linked.ok() ? SSTable::Open(fs, path, name) : linked;
  const absl::Status& status = sstable.status();
  if (!absl::IsNotFound(status) && !absl::IsDataLoss(status)) return sstable;
  damage->push_back(std::string(status.message()));
  return MakeDamagedSSTable(path, table.schema(), name.file, name.partition,
                            status);
}

// Fills the partition with its files; the edit then names them.
absl::Status TakeFiles(EngineCore* core, const Table& table,
                       const std::string& directory,
                       const TableFiles::Partition& files, LogPosition now,
                       Partition* partition, ManifestEdit::PartitionEdit* edit,
                       std::vector<std::string>* damage) {
  std::vector<std::shared_ptr<SSTable>> opened;
  for (const auto& file : files.files) {
    const FileId id = core->manifest->NextFile();
    ASSIGN_OR_RETURN(auto sstable,
                     TakeFile(core->world.file_system, table,
                              absl::StrCat(directory, "/", file.name),
                              {id, table.id(), files.id, file.bytes}, damage));
    // Of one that is not what it should be, what it should be: the next start
    // finds the same.
    const uint64_t bytes =
        sstable->damage().ok() ? sstable->file_bytes() : file.bytes;
    edit->added.push_back({id, file.level, bytes});
    opened.insert(opened.begin(), std::move(sstable));  // newest first
  }
  edit->table = table.id();
  edit->partition = files.id;
  partition->SetLost(files.lost);
  edit->lost = partition->lost_how();
  if (!files.lost.empty()) {
    damage->push_back(std::string(partition->lost().message()));
  }
  partition->Restore(std::move(opened), now);
  return absl::OkStatus();
}

absl::Status TakeAllFiles(EngineCore* core, const Table& table,
                          const std::string& directory, const TableFiles& files,
                          ManifestEdit* edit,
                          std::vector<std::string>* damage) {
  if (files.partitions.empty()) return absl::OkStatus();
  for (const TableFiles::Partition& from : files.partitions) {
    Partition* into = nullptr;
    for (const auto& partition : table.partitions()) {
      if (partition->id() == from.id) into = partition.get();
    }
    if (into == nullptr) {
      return absl::DataLossError(
          absl::StrCat(directory,
                       ": files of a partition that the schema "
                       "doesn't have"));
    }
    RETURN_IF_ERROR(TakeFiles(core, table, directory, from,
                              edit->tables_created.front().second, into,
                              &edit->partitions.emplace_back(), damage));
  }
  return core->world.file_system->SyncDirectory(table.directory());
}

}  // namespace

bool IsTableFile(std::string_view name) {
  return name.ends_with(".sst") || name.ends_with(".sst.tmp") ||
         name.ends_with(".sst.orphan");
}

bool IsTableDirectory(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

absl::StatusOr<std::shared_ptr<Table>> MakeTable(
    EngineCore* core, std::shared_ptr<const Schema> schema) {
  FileSystem* fs = core->world.file_system;
  std::string directory = absl::StrCat(core->options.directory, "/",
                                       TableDirectoryName(schema->id));
  RETURN_IF_ERROR(fs->CreateDirectory(directory));
  RETURN_IF_ERROR(fs->SyncDirectory(core->options.directory));
  return std::make_shared<Table>(std::move(schema), std::move(directory),
                                 &core->budget, &core->epochs);
}

absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema) {
  std::vector<std::string> damage;
  return AddTable(core, std::move(schema), "", {}, &damage);
}

absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema,
                      const std::string& directory, const TableFiles& files,
                      std::vector<std::string>* damage) {
  if (core->tables.Find(schema->id)) {
    return absl::AlreadyExistsError(
        absl::StrCat("table id ", schema->id.value, " is in use"));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<Table> table,
                   MakeTable(core, std::move(schema)));
  ManifestEdit edit;
  edit.tables_created.push_back(
      {table->id(), core->log ? core->log->Tail() : LogPosition{0}});
  const absl::Status taken =
      TakeAllFiles(core, *table, directory, files, &edit, damage);
  if (!taken.ok()) {
    (void)RemoveTableFiles(core->world.file_system, table->directory());
    return taken;
  }
  RETURN_IF_ERROR(core->manifest->Commit(*table, std::move(edit)));
  core->tables.Add(std::move(table));
  return absl::OkStatus();
}

absl::StatusOr<TableFiles> LinkTableFiles(FileSystem* fs, const Table& table,
                                          const std::string& directory) {
  TableFiles files;
  for (const auto& partition : table.partitions()) {
    ASSIGN_OR_RETURN(TableFiles::Partition linked,
                     LinkPartition(fs, *partition, directory));
    if (linked.files.empty() && linked.lost.empty()) continue;
    files.partitions.push_back(std::move(linked));
  }
  RETURN_IF_ERROR(fs->SyncDirectory(directory));
  return files;
}

absl::Status LinkManifestFiles(FileSystem* fs, const std::string& storage,
                               const ManifestState& state,
                               const std::string& directory) {
  for (const auto& [id, table] : state.tables) {
    for (const auto& [partition_id, partition] : table.partitions) {
      for (const ManifestFile& file : partition.files) {
        const std::string name = SSTableFileName(file.file);
        const absl::Status linked = fs->Link(
            absl::StrCat(storage, "/", TableDirectoryName(id), "/", name),
            absl::StrCat(directory, "/", name));
        if (!absl::IsNotFound(linked)) RETURN_IF_ERROR(linked);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RemoveTableFiles(FileSystem* fs, const std::string& directory) {
  ASSIGN_OR_RETURN(const bool exists, fs->Exists(directory));
  if (!exists) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs->List(directory));
  absl::Status first_error;
  for (const std::string& name : names) {
    if (!IsTableFile(name)) continue;
    first_error.Update(fs->Remove(absl::StrCat(directory, "/", name)));
  }
  RETURN_IF_ERROR(first_error);
  return fs->RemoveDirectory(directory);
}

}  // namespace rowan
