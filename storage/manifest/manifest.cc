// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_codec.h"
#include "storage/manifest/manifest_names.h"
#include "storage/manifest/manifest_pair.h"
#include "storage/manifest/manifest_reader.h"
#include "storage/manifest/manifest_state.h"

namespace rowan {
namespace {

using namespace manifest_format;  // NOLINT: its names are this file's subject

constexpr uint64_t kRewriteBytesMin = uint64_t{1} << 20;
constexpr uint64_t kRewriteGrowth = 4;

// The paths of the files that are there, for a message about both.
std::string PathsIn(const ManifestPair::Contents& contents) {
  std::string out;
  for (const ManifestPair::Content& content : contents) {
    if (absl::IsNotFound(content.readable)) continue;
    absl::StrAppend(&out, out.empty() ? "" : " and ", content.path,
                    content.readable.ok() ? "" : " (unreadable)");
  }
  return out;
}

class FileManifest : public Manifest {
 public:
  FileManifest(FileSystem* fs, std::string directory)
      : fs_(fs), directory_(std::move(directory)) {}

  // Takes over manifest `number`, or replaces it by the next one if its files
  // are not whole and equal.
  absl::Status Load(uint64_t number, BeforeCut before_cut);
  // Makes manifest `number` with a snapshot of the state and goes on there.
  absl::Status StartPair(uint64_t number);

  const ManifestState& state() const override { return state_; }
  const std::string& path() const override { return path_; }
  const std::vector<std::string>& notes() const override { return notes_; }
  uint64_t cut_bytes() const override { return cut_bytes_; }
  uint64_t number() const { return number_; }
  absl::Status Commit(const ManifestEdit& edit) override {
    RETURN_IF_ERROR(Settle());
    return Judged(TryCommit(edit));
  }
  absl::Status Settle() override {
    if (!failed_.ok() || !in_doubt_) return failed_;
    return Judged(Rewrite());
  }

 private:
  // Whether `status` is final, or the files are only in doubt.
  absl::Status Judged(absl::Status status) {
    in_doubt_ = absl::IsResourceExhausted(status);
    if (!in_doubt_) failed_ = status;
    return status;
  }
  absl::Status Rewrite();
  absl::Status TryCommit(const ManifestEdit& edit);
  absl::Status Replay(ManifestReader* reader);
  void NoteFaults(const ManifestPair::Contents& contents,
                  const ManifestReader& reader);
  void NoteTornEnd(const ManifestPair::Contents& contents);

  FileSystem* const fs_;
  const std::string directory_;
  ManifestState state_;
  uint64_t number_ = 0;
  std::string path_;
  std::optional<ManifestPair> pair_;
  uint64_t end_ = 0;         // where the next record goes
  uint64_t live_bytes_ = 0;  // header and snapshot
  std::vector<std::string> notes_;
  uint64_t cut_bytes_ = 0;
  absl::Status failed_;
  // The pair may hold a part of an edit that failed, or have a successor.
  bool in_doubt_ = false;
};

absl::Status FileManifest::Replay(ManifestReader* reader) {
  RETURN_IF_ERROR(reader->Start());
  for (bool snapshot = true;; snapshot = false) {
    ASSIGN_OR_RETURN(std::optional<ManifestEdit> edit, reader->Next());
    if (!edit.has_value()) break;
    RETURN_IF_ERROR(Annotate(ApplyEdit(*edit, &state_),
                             absl::StrCat("offset ", reader->edit_offset())));
    if (snapshot) live_bytes_ = reader->end();
  }
  end_ = reader->end();
  return absl::OkStatus();
}

void FileManifest::NoteFaults(const ManifestPair::Contents& contents,
                              const ManifestReader& reader) {
  for (size_t i = 0; i < contents.size(); ++i) {
    const ManifestPair::Content& content = contents[i];
    const absl::Status& fault = reader.faults()[i];
    if (fault.ok()) continue;
    std::string what(content.readable.message());
    if (content.readable.ok()) {
      what = absl::StrCat(content.path, ": ", fault.message());
    } else if (absl::IsNotFound(content.readable)) {
      what = absl::StrCat(content.path,
                          ": missing (lost, or of a version that kept none)");
    }
    notes_.push_back(absl::StrCat(what, "; taken from ", contents[1 - i].path));
  }
}

void FileManifest::NoteTornEnd(const ManifestPair::Contents& contents) {
  std::string paths;
  for (const ManifestPair::Content& content : contents) {
    if (content.bytes.size() <= end_) continue;
    cut_bytes_ = std::max(cut_bytes_, content.bytes.size() - end_);
    absl::StrAppend(&paths, paths.empty() ? "" : " and ", content.path);
  }
  if (cut_bytes_ == 0) return;
  notes_.push_back(
      absl::StrCat(paths, ": offset ", end_,
                   ": the last edit was torn by a crash or damaged; ",
                   cut_bytes_, " bytes cut off the end"));
}

absl::Status FileManifest::Load(uint64_t number, BeforeCut before_cut) {
  // A process that died just after the renames left names that a power cut
  // could still take back, with all that would be committed under them.
  RETURN_IF_ERROR(fs_->SyncDirectory(directory_));
  ASSIGN_OR_RETURN(const ManifestPair::Contents contents,
                   ManifestPair::Read(fs_, directory_, number));
  ManifestReader reader({contents[0].bytes, contents[1].bytes}, number);
  RETURN_IF_ERROR(Annotate(Replay(&reader), PathsIn(contents)));
  NoteFaults(contents, reader);
  NoteTornEnd(contents);
  if (cut_bytes_ > 0) RETURN_IF_ERROR(before_cut(state_));
  if (!notes_.empty()) {
    RETURN_IF_ERROR(StartPair(number + 1));
    for (std::string& note : notes_) {
      absl::StrAppend(&note, "; both files written anew as ", path_);
    }
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(pair_, ManifestPair::Open(fs_, directory_, number));
  number_ = number;
  path_ = contents[0].path;
  return absl::OkStatus();
}

absl::Status FileManifest::StartPair(uint64_t number) {
  std::string bytes = EncodeHeader(number);
  const std::string snapshot = EncodeEdit(SnapshotOf(state_));
  if (snapshot.size() > kPayloadBytesMax) {
    return absl::OutOfRangeError(
        absl::StrCat(directory_, ": too many SSTables for a manifest"));
  }
  bytes += EncodeRecord(snapshot, number, bytes.size());
  ASSIGN_OR_RETURN(pair_, ManifestPair::Create(fs_, directory_, number, bytes));
  number_ = number;
  path_ = ManifestPair::PathsOf(directory_, number)[0];
  end_ = live_bytes_ = bytes.size();
  return absl::OkStatus();
}

absl::Status FileManifest::Rewrite() {
  const uint64_t old = number_;
  RETURN_IF_ERROR(StartPair(old + 1));
  return ManifestPair::Remove(fs_, directory_, old);
}

absl::Status FileManifest::TryCommit(const ManifestEdit& edit) {
  const std::string payload = EncodeEdit(edit);
  if (payload.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(StagedEdit staged, StageEdit(edit, state_));
  if (payload.size() > kPayloadBytesMax) {
    return absl::OutOfRangeError(
        absl::StrCat(path_, ": an edit of ", payload.size(), " bytes"));
  }
  if (end_ >= std::max(kRewriteBytesMin, kRewriteGrowth * live_bytes_)) {
    RETURN_IF_ERROR(Rewrite());
  }
  const std::string record = EncodeRecord(payload, number_, end_);
  RETURN_IF_ERROR(pair_->Append(end_, record));
  end_ += record.size();
  ApplyStaged(std::move(staged), &state_);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Manifest>> Manifest::Open(
    FileSystem* fs, const std::string& directory) {
  return Open(fs, directory,
              [](const ManifestState&) { return absl::OkStatus(); });
}

absl::StatusOr<std::unique_ptr<Manifest>> Manifest::Open(
    FileSystem* fs, const std::string& directory, BeforeCut before_cut) {
  ASSIGN_OR_RETURN(const auto names, fs->List(directory));
  uint64_t newest = 0;
  for (const std::string& name : names) {
    newest = std::max(newest, ParseManifestName(name).value_or(0));
  }
  auto manifest = std::make_unique<FileManifest>(fs, directory);
  if (newest == 0) {
    RETURN_IF_ERROR(manifest->StartPair(1));
  } else {
    RETURN_IF_ERROR(manifest->Load(newest, before_cut));
  }
  // Only now: a manifest that can't be read is left with all that is around it.
  const uint64_t number = manifest->number();
  for (const std::string& name : names) {
    const bool older = ParseManifestName(name).value_or(number) < number;
    // Making the files above may have used up leftovers of their names.
    const std::string path = directory + "/" + name;
    ASSIGN_OR_RETURN(const bool exists, fs->Exists(path));
    if ((older || IsUnfinishedManifest(name)) && exists) {
      RETURN_IF_ERROR(fs->Remove(path));
    }
  }
  return manifest;
}

}  // namespace rowan
