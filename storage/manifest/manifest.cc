// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest.h"

#include <algorithm>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_reader.h"
#include "storage/manifest/manifest_state.h"

namespace rowan {
namespace {

using namespace manifest_format;  // NOLINT: its names are this file's subject

constexpr uint64_t kRewriteBytesMin = uint64_t{1} << 20;
constexpr uint64_t kRewriteGrowth = 4;

absl::StatusOr<std::string> ReadAll(File& file) {
  ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  std::string bytes(size, '\0');
  ASSIGN_OR_RETURN(const size_t n, file.ReadAt(0, bytes));
  bytes.resize(n);
  return bytes;
}

class FileManifest : public Manifest {
 public:
  FileManifest(FileSystem* fs, std::string directory)
      : fs_(fs), directory_(std::move(directory)) {}

  // Takes over MANIFEST-`number`, cutting off a torn end.
  absl::Status Load(uint64_t number);
  // Writes MANIFEST-`number` with a snapshot of the state and goes on there.
  absl::Status StartFile(uint64_t number);

  const ManifestState& state() const override { return state_; }
  const std::string& path() const override { return path_; }
  uint64_t cut_bytes() const override { return cut_bytes_; }
  absl::Status Commit(const ManifestEdit& edit) override {
    if (failed_.ok()) failed_ = TryCommit(edit);
    return failed_;
  }

 private:
  std::string PathOf(uint64_t number) const {
    return directory_ + "/" + ManifestName(number);
  }
  absl::Status TryCommit(const ManifestEdit& edit);
  absl::Status Replay(std::string_view bytes, uint64_t number);

  FileSystem* const fs_;
  const std::string directory_;
  ManifestState state_;
  uint64_t number_ = 0;
  std::string path_;
  std::unique_ptr<File> file_;
  uint64_t end_ = 0;         // where the next record goes
  uint64_t live_bytes_ = 0;  // header and snapshot
  uint64_t cut_bytes_ = 0;
  absl::Status failed_;
};

absl::Status FileManifest::Replay(std::string_view bytes, uint64_t number) {
  ManifestReader reader(bytes, number);
  RETURN_IF_ERROR(reader.Start());
  for (bool snapshot = true;; snapshot = false) {
    ASSIGN_OR_RETURN(std::optional<ManifestEdit> edit, reader.Next());
    if (!edit.has_value()) break;
    RETURN_IF_ERROR(Annotate(ApplyEdit(*edit, &state_),
                             absl::StrCat("offset ", reader.edit_offset())));
    if (snapshot) live_bytes_ = reader.end();
  }
  end_ = reader.end();
  return absl::OkStatus();
}

absl::Status FileManifest::Load(uint64_t number) {
  number_ = number;
  path_ = PathOf(number);
  // A process that died just after the rename left a name that a power cut
  // could still take back, with all that would be committed under it.
  RETURN_IF_ERROR(fs_->SyncDirectory(directory_));
  ASSIGN_OR_RETURN(file_, fs_->Open(path_, {.write = true}));
  ASSIGN_OR_RETURN(const std::string bytes, ReadAll(*file_));
  RETURN_IF_ERROR(Annotate(Replay(bytes, number), path_));
  cut_bytes_ = bytes.size() - end_;
  if (cut_bytes_ > 0) {
    RETURN_IF_ERROR(file_->Truncate(end_));
    RETURN_IF_ERROR(file_->Sync());
  }
  return absl::OkStatus();
}

absl::Status FileManifest::StartFile(uint64_t number) {
  std::string bytes = EncodeHeader(number);
  const std::string snapshot = EncodeEdit(SnapshotOf(state_));
  if (snapshot.size() > kPayloadBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(directory_, ": too many SSTables for a manifest"));
  }
  bytes += EncodeRecord(snapshot, number, bytes.size());

  const std::string path = PathOf(number);
  const std::string temporary = path + std::string(kTemporarySuffix);
  ASSIGN_OR_RETURN(auto file,
                   fs_->Open(temporary, {.write = true, .create = true}));
  RETURN_IF_ERROR(file->Truncate(0));
  RETURN_IF_ERROR(file->WriteAt(0, bytes));
  RETURN_IF_ERROR(file->Sync());
  RETURN_IF_ERROR(fs_->Rename(temporary, path));
  RETURN_IF_ERROR(fs_->SyncDirectory(directory_));
  number_ = number;
  path_ = path;
  file_ = std::move(file);
  end_ = live_bytes_ = bytes.size();
  return absl::OkStatus();
}

absl::Status FileManifest::TryCommit(const ManifestEdit& edit) {
  const std::string payload = EncodeEdit(edit);
  if (payload.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(StagedEdit staged, StageEdit(edit, state_));
  if (payload.size() > kPayloadBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path_, ": an edit of ", payload.size(), " bytes"));
  }
  if (end_ >= std::max(kRewriteBytesMin, kRewriteGrowth * live_bytes_)) {
    const std::string old = path_;
    RETURN_IF_ERROR(StartFile(number_ + 1));
    RETURN_IF_ERROR(fs_->Remove(old));
  }
  const std::string record = EncodeRecord(payload, number_, end_);
  RETURN_IF_ERROR(file_->WriteAt(end_, record));
  RETURN_IF_ERROR(file_->Sync());
  end_ += record.size();
  ApplyStaged(std::move(staged), &state_);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Manifest>> Manifest::Open(
    FileSystem* fs, const std::string& directory) {
  ASSIGN_OR_RETURN(const auto names, fs->List(directory));
  uint64_t newest = 0;
  for (const std::string& name : names) {
    newest = std::max(newest, ParseManifestName(name).value_or(0));
  }
  auto manifest = std::make_unique<FileManifest>(fs, directory);
  if (newest == 0) {
    RETURN_IF_ERROR(manifest->StartFile(1));
  } else {
    RETURN_IF_ERROR(manifest->Load(newest));
  }
  // Only now: a manifest that can't be read is left with all that is around it.
  for (const std::string& name : names) {
    const bool older = ParseManifestName(name).value_or(newest) < newest;
    const bool unfinished =
        name.starts_with(kFilePrefix) && name.ends_with(kTemporarySuffix);
    // Making MANIFEST-1 above may have used up a leftover of that name.
    ASSIGN_OR_RETURN(const bool exists, fs->Exists(directory + "/" + name));
    if ((older || unfinished) && exists) {
      RETURN_IF_ERROR(fs->Remove(directory + "/" + name));
    }
  }
  return manifest;
}

}  // namespace rowan
