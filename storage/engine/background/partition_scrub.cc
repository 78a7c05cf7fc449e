// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/partition_scrub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {

PartitionScrub::PartitionScrub(EngineCore* core, std::shared_ptr<Table> table,
                               Partition* partition, DamagedFiles* damaged,
                               const ScrubOrder& order, TableScrub* report)
    : core_(core),
      table_(std::move(table)),
      partition_(partition),
      damaged_(damaged),
      order_(order),
      report_(report) {}

PartitionScrub::~PartitionScrub() = default;

absl::StatusOr<bool> PartitionScrub::Step() {
  if (!began_) {
    began_ = true;
    RETURN_IF_ERROR(core_->manifest->Prepare());
    waiting_ = partition_->HoldView()->sstables;
  }
  if (verifier_ != nullptr) {
    RETURN_IF_ERROR(Check());
  } else if (writer_ != nullptr) {
    RETURN_IF_ERROR(Salvage());
  } else if (rows_ != nullptr) {
    RETURN_IF_ERROR(Walk());
  } else {
    ASSIGN_OR_RETURN(const bool more, Open());
    return !more;
  }
  return false;
}

absl::StatusOr<bool> PartitionScrub::Open() {
  if (waiting_.empty()) return false;
  file_ = std::move(waiting_.back());
  waiting_.pop_back();
  found_ = {.file = file_->statistics().file,
            .partition = partition_->id(),
            .path = file_->path()};
  damage_count_ = 0;
  ++report_->files;
  if (!file_->damage().ok()) {
    Damaged(std::string(file_->damage().message()));
    RETURN_IF_ERROR(Decide());
    return true;
  }
  auto reread = SSTableReader::Open(core_->world.file_system, file_->path());
  if (reread.ok()) {
    reread_ = *std::move(reread);
    verifier_ = std::make_unique<SSTableVerifier>(reread_.get(),
                                                  VerifyLevel::kChecksum);
    return true;
  }
  const absl::Status& why = reread.status();
  if (!absl::IsDataLoss(why) && !absl::IsNotFound(why)) return why;
  Damaged(std::string(why.message()));
  RETURN_IF_ERROR(Decide());
  return true;
}

void PartitionScrub::Damaged(std::string why) {
  if (damage_count_++ < kScrubDamagesTold) {
    found_.damages.push_back(std::move(why));
  }
}

absl::Status PartitionScrub::Check() {
  const uint64_t before = verifier_->bytes();
  ASSIGN_OR_RETURN(const bool finished, verifier_->Step(kStepBytes));
  report_->bytes += verifier_->bytes() - before;
  if (!finished) return absl::OkStatus();
  for (const SSTableDamage& damage : verifier_->damages()) {
    Damaged(damage.what);
  }
  verifier_.reset();
  reread_.reset();
  return Decide();
}

absl::Status PartitionScrub::Decide() {
  if (damage_count_ > kScrubDamagesTold) {
    found_.damages.push_back(
        absl::StrCat("and ", damage_count_ - kScrubDamagesTold, " more"));
  }
  const bool accepts = order_.accept_losses && !file_->losses().empty();
  if (damage_count_ > 0 || accepts) return BeginSalvage();
  if (file_->losses().empty()) {
    file_.reset();
    return absl::OkStatus();
  }
  // Told once more, for who has not heard of it.
  lost_.assign(file_->losses().begin(), file_->losses().end());
  found_.wide_rows = file_->statistics().wide_rows;
  found_.rows = file_->statistics().rows;
  EndFile();
  return absl::OkStatus();
}

absl::Status PartitionScrub::BeginSalvage() {
  lost_.clear();
  found_.accepted = order_.accept_losses;
  if (order_.dry_run) {
    rows_ = file_->NewSalvager(&lost_);
    in_wide_row_ = false;
    return rows_->SeekWideRow(Token::Min(), {});
  }
  // At most as large as what it replaces.
  ASSIGN_OR_RETURN(room_, core_->disk.HoldForMerge(file_->file_bytes()));
  const SSTableStatistics& known = file_->statistics();
  // The file's own: the rows are as they were.
  auto schema = std::make_shared<Schema>(file_->schema());
  schema->id = table_->id();
  SSTableWriterOptions output;
  output.file = new_file_ = core_->manifest->NextFile();
  output.partition = partition_->id();
  output.level = known.level;
  output.compression = schema->options.compression;
  output.schema = std::move(schema);
  output.expected_wide_rows = known.wide_rows;
  output.log_from = known.log_from;
  output.log_to = known.log_to;
  output.written_at_us = core_->world.clock->WallMicros();
  output.losses = order_.accept_losses ? nullptr : &lost_;
  writer_ = std::make_unique<StepwiseWriter>(
      file_->NewSalvager(&lost_), core_->world.file_system,
      table_->FilePath(new_file_), std::move(output));
  return absl::OkStatus();
}

absl::Status PartitionScrub::Salvage() {
  ASSIGN_OR_RETURN(const bool finished, writer_->Step());
  return finished ? Replace() : absl::OkStatus();
}

absl::Status PartitionScrub::Walk() {
  constexpr int kFragments = 1000;
  for (int i = 0; i < kFragments; ++i) {
    if (in_wide_row_ && rows_->HasRow()) {
      found_.rows += rows_->row().kind == RowFragment::Kind::kRow;
      RETURN_IF_ERROR(rows_->NextRow());
    } else if (in_wide_row_) {
      in_wide_row_ = false;
      RETURN_IF_ERROR(rows_->NextWideRow());
    } else if (rows_->HasWideRow()) {
      in_wide_row_ = true;
      ++found_.wide_rows;
      RETURN_IF_ERROR(rows_->SeekRow(kFirstBound, Direction::kForward));
    } else {
      rows_.reset();
      EndFile();
      break;
    }
  }
  return absl::OkStatus();
}

// A second name, so that the first stays until the manifest has the new file.
absl::Status PartitionScrub::KeepDamaged() {
  FileSystem* const fs = core_->world.file_system;
  const std::string& data = core_->options.directory;
  const std::string folder = absl::StrCat(data, "/", kQuarantineFolder);
  RETURN_IF_ERROR(fs->CreateDirectory(folder));
  RETURN_IF_ERROR(fs->SyncDirectory(data));
  const std::string kept = absl::StrCat(folder, "/", table_->id().value, "-",
                                        found_.file.value, ".sst");
  const absl::Status linked = fs->Link(found_.path, kept);
  if (absl::IsNotFound(linked)) return absl::OkStatus();  // it was missing
  // A scrub that died before its edit may have left the name.
  if (!linked.ok() && !absl::IsAlreadyExists(linked)) return linked;
  RETURN_IF_ERROR(fs->SyncDirectory(folder));
  found_.kept_at = kept;
  return absl::OkStatus();
}

absl::Status PartitionScrub::Replace() {
  FileSystem* const fs = core_->world.file_system;
  ManifestEdit edit;
  ManifestEdit::PartitionEdit& part = edit.partitions.emplace_back();
  part.table = table_->id();
  part.partition = partition_->id();
  part.removed = {found_.file};
  std::vector<std::shared_ptr<SSTable>> added;
  if (writer_->file().has_value()) {
    const std::string path = table_->FilePath(new_file_);
    auto opened = SSTable::Open(fs, path);
    const absl::Status kept =
        opened.ok() && damage_count_ > 0 ? KeepDamaged() : opened.status();
    if (!kept.ok()) {
      (void)fs->Remove(path);  // nobody names it yet
      return kept;
    }
    part.added.push_back(*writer_->file());
    added.push_back(*std::move(opened));
    found_.replaced_by = path;
    found_.wide_rows = added[0]->statistics().wide_rows;
    found_.rows = added[0]->statistics().rows;
  } else if (damage_count_ > 0) {
    RETURN_IF_ERROR(KeepDamaged());
  }
  const absl::Status status = core_->manifest->Commit(*table_, std::move(edit));
  if (!status.ok()) {
    if (absl::IsCancelled(status)) {
      for (const auto& file : added) (void)fs->Remove(file->path());
    }
    return status;
  }
  partition_->CompactionCommitted({&found_.file, 1}, added);
  damaged_->Remove({&found_.file, 1});
  // A name that stays behind is an orphan, which the next start removes.
  (void)fs->Remove(found_.path);
  Log(LogLevel::kWarning, "an SSTable was scrubbed",
      {{"file", found_.path},
       {"replaced_by", found_.replaced_by},
       {"kept_at", found_.kept_at},
       {"ranges_lost", lost_.size()}});
  writer_.reset();
  room_.reset();
  EndFile();
  return absl::OkStatus();
}

void PartitionScrub::EndFile() {
  found_.lost = std::move(lost_);
  lost_.clear();
  report_->scrubbed.push_back(std::move(found_));
  file_.reset();
}

}  // namespace rowan
