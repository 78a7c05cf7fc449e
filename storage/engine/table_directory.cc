// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/table_directory.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

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
    RETURN_IF_ERROR(fs->Link(path, absl::StrCat(directory, "/", name)));
    linked->files.push_back(
        {std::move(name), (*file)->statistics().level, (*file)->file_bytes()});
  }
  return absl::OkStatus();
}

absl::Status Unlink(FileSystem* fs, const std::string& directory,
                    TableFiles::Partition* linked) {
  for (const auto& file : linked->files) {
    RETURN_IF_ERROR(fs->Remove(absl::StrCat(directory, "/", file.name)));
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
    if (!absl::IsNotFound(status) || attempt == kLinkAttemptsMax) {
      return status;
    }
  }
}

// Fills the partition with its files; the edit then names them.
absl::Status TakeFiles(EngineCore* core, const Table& table,
                       const std::string& directory,
                       const TableFiles::Partition& files, LogPosition now,
                       Partition* partition,
                       ManifestEdit::PartitionEdit* edit) {
  FileSystem* fs = core->world.file_system;
  std::vector<std::shared_ptr<SSTable>> opened;
  for (const auto& file : files.files) {
    const FileId id = core->manifest->NextFile();
    const std::string path = table.FilePath(id);
    RETURN_IF_ERROR(fs->Link(absl::StrCat(directory, "/", file.name), path));
    ASSIGN_OR_RETURN(auto sstable, SSTable::Open(fs, path, id));
    edit->added.push_back({id, file.level, sstable->file_bytes()});
    opened.insert(opened.begin(), std::move(sstable));  // newest first
  }
  edit->table = table.id();
  edit->partition = files.id;
  edit->lost = files.lost;
  partition->SetLost(files.lost);
  partition->Restore(std::move(opened), now);
  return absl::OkStatus();
}

absl::Status TakeAllFiles(EngineCore* core, const Table& table,
                          const std::string& directory, const TableFiles& files,
                          ManifestEdit* edit) {
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
                              &edit->partitions.emplace_back()));
  }
  return core->world.file_system->SyncDirectory(table.directory());
}

}  // namespace

bool IsTableFile(std::string_view name) {
  return name.ends_with(".sst") || name.ends_with(".sst.tmp") ||
         name.ends_with(".sst.orphan");
}

absl::StatusOr<std::shared_ptr<Table>> MakeTable(
    EngineCore* core, std::shared_ptr<const Schema> schema) {
  FileSystem* fs = core->world.file_system;
  std::string directory =
      absl::StrCat(core->options.directory, "/", schema->id.value);
  RETURN_IF_ERROR(fs->CreateDirectory(directory));
  RETURN_IF_ERROR(fs->SyncDirectory(core->options.directory));
  return std::make_shared<Table>(std::move(schema), std::move(directory),
                                 &core->budget, &core->epochs);
}

absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema) {
  return AddTable(core, std::move(schema), "", {});
}

absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema,
                      const std::string& directory, const TableFiles& files) {
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
      TakeAllFiles(core, *table, directory, files, &edit);
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
