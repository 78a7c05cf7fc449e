// SPDX-License-Identifier: Apache-2.0
#include "node/backup/backup_codec.h"

#include <algorithm>
#include <set>

#include "node/metadata/catalogue.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_state.h"

namespace rowan {
namespace {

constexpr size_t kNodeIdBytes = 16;
constexpr size_t kLogNameBytesMax = 64;
// Far above any segment's size, far below where sizes overflow.
constexpr uint64_t kLogFileBytesMax = uint64_t{1} << 40;

absl::Status Malformed(std::string_view what) {
  return absl::DataLossError(
      absl::StrCat("the backup's ", std::string(what), " is malformed"));
}

bool IsPlainFileName(std::string_view name) {
  return !name.empty() && name.size() <= kLogNameBytesMax && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '-';
         });
}

void PutObject(const StoredObject& object, std::string* out) {
  PutLittle<uint64_t>(object.digest.high, out);
  PutLittle<uint64_t>(object.digest.low, out);
  PutLittle<uint64_t>(object.bytes, out);
}

bool GetObject(std::string_view* in, StoredObject* object) {
  return GetLittle(in, &object->digest.high) &&
         GetLittle(in, &object->digest.low) && GetLittle(in, &object->bytes);
}

void PutLog(const Backup::Log& log, std::string* out) {
  PutLittle<uint64_t>(log.from.value, out);
  PutLittle<uint64_t>(log.end.value, out);
  PutVarint(log.files.size(), out);
  for (const Backup::LogFile& file : log.files) {
    PutBytes(file.name, out);
    PutObject(file.object, out);
    PutLittle<uint64_t>(file.file_bytes, out);
  }
}

bool GetLog(std::string_view* in, Backup::Log* log) {
  uint64_t files;
  if (!GetLittle(in, &log->from.value) || !GetLittle(in, &log->end.value) ||
      !GetVarint(in, &files) || files > in->size()) {
    return false;
  }
  for (uint64_t i = 0; i < files; ++i) {
    Backup::LogFile file;
    std::string_view name;
    if (!GetBytes(in, &name) || !IsPlainFileName(name) ||
        !GetObject(in, &file.object) || !GetLittle(in, &file.file_bytes) ||
        file.object.bytes > file.file_bytes ||
        file.file_bytes > kLogFileBytesMax ||
        (!log->files.empty() && name <= log->files.back().name)) {
      return false;
    }
    file.name = name;
    log->files.push_back(std::move(file));
  }
  return true;
}

void PutSSTables(const Backup& backup, std::string* out) {
  PutVarint(backup.sstables.size(), out);
  for (const auto& [name, object] : backup.sstables) {
    PutLittle<uint32_t>(name.first.value, out);
    PutLittle<uint64_t>(name.second.value, out);
    PutObject(object, out);
  }
}

std::set<Backup::SSTableName> NamedBy(const ManifestState& manifest) {
  std::set<Backup::SSTableName> named;
  for (const auto& [id, table] : manifest.tables) {
    for (const auto& [partition_id, partition] : table.partitions) {
      for (const ManifestFile& file : partition.files) {
        named.emplace(id, file.file);
      }
    }
  }
  return named;
}

bool GetSSTables(std::string_view* in, Backup* backup) {
  uint64_t count;
  if (!GetVarint(in, &count) || count > in->size()) return false;
  const std::set<Backup::SSTableName> named = NamedBy(backup->manifest);
  for (uint64_t i = 0; i < count; ++i) {
    Backup::SSTableName name;
    StoredObject object;
    if (!GetLittle(in, &name.first.value) ||
        !GetLittle(in, &name.second.value) || !GetObject(in, &object) ||
        !named.contains(name) ||
        !backup->sstables.emplace(name, object).second) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<StoredObject> ObjectsOf(const Backup& backup) {
  std::set<StoredObject> objects;
  for (const auto& [name, object] : backup.sstables) objects.insert(object);
  for (const Backup::LogFile& file : backup.log.files) {
    objects.insert(file.object);
  }
  return {objects.begin(), objects.end()};
}

std::string EncodeBackup(const Backup& backup) {
  std::string out;
  PutLittle<int64_t>(backup.created_at_us, &out);
  out += backup.node_id;
  PutBytes(backup.node_name, &out);
  PutLittle<int64_t>(backup.timestamps_below_us, &out);
  PutLittle<uint64_t>(backup.catalogue_version, &out);
  PutBytes(backup.catalogue, &out);
  PutBytes(EncodeEdit(SnapshotOf(backup.manifest)), &out);
  PutSSTables(backup, &out);
  PutLog(backup.log, &out);
  return out;
}

absl::StatusOr<Backup> DecodeBackup(std::string_view bytes) {
  const std::string_view whole = bytes;
  Backup backup;
  std::string_view name, catalogue, manifest;
  if (!GetLittle(&bytes, &backup.created_at_us) ||
      bytes.size() < kNodeIdBytes) {
    return Malformed("head");
  }
  backup.node_id = bytes.substr(0, kNodeIdBytes);
  bytes.remove_prefix(kNodeIdBytes);
  if (!GetBytes(&bytes, &name) ||
      !GetLittle(&bytes, &backup.timestamps_below_us) ||
      !GetLittle(&bytes, &backup.catalogue_version) ||
      !GetBytes(&bytes, &catalogue) || !GetBytes(&bytes, &manifest)) {
    return Malformed("head");
  }
  backup.node_name = name;
  backup.catalogue = catalogue;
  RETURN_IF_ERROR(Annotate(Catalogue::Decode(catalogue).status(), "catalogue"));
  ASSIGN_OR_RETURN(const ManifestEdit edit, DecodeEdit(manifest));
  RETURN_IF_ERROR(Annotate(ApplyEdit(edit, &backup.manifest), "manifest"));
  if (!GetSSTables(&bytes, &backup)) return Malformed("list of SSTables");
  if (!GetLog(&bytes, &backup.log)) return Malformed("list of log files");
  // Sorted, nothing behind, nothing said in two ways.
  if (EncodeBackup(backup) != whole) return Malformed("order");
  return backup;
}

Digest DigestOf(const Backup& backup) { return DigestOf(EncodeBackup(backup)); }

}  // namespace rowan
