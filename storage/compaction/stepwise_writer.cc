// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/stepwise_writer.h"

#include <utility>

#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

// Counted for every fragment and wide row on top of its bytes, so that a step
// over tiny rows is bounded too.
constexpr uint64_t kFragmentBytes = 64;

}  // namespace

StepwiseWriter::StepwiseWriter(std::unique_ptr<RowIterator> rows,
                               FileSystem* fs, std::string path,
                               SSTableWriterOptions options)
    : rows_(std::move(rows)),
      fs_(fs),
      path_(std::move(path)),
      options_(std::move(options)) {}

absl::StatusOr<bool> StepwiseWriter::Step() {
  ROWAN_CHECK(state_ != State::kDone);
  if (state_ == State::kCopied) {
    RETURN_IF_ERROR(Finish());
    return true;
  }
  RETURN_IF_ERROR(Copy());
  return state_ == State::kDone;
}

absl::Status StepwiseWriter::Copy() {
  if (state_ == State::kNew) {
    RETURN_IF_ERROR(rows_->SeekWideRow(Token::Min(), {}));
    state_ = State::kBetweenWideRows;
  }
  for (uint64_t copied = 0; copied < kStepBytes;) {
    if (state_ == State::kInWideRow) {
      ASSIGN_OR_RETURN(const uint64_t bytes, CopyFragment());
      copied += bytes;
    } else if (rows_->HasWideRow()) {
      ASSIGN_OR_RETURN(const uint64_t bytes, BeginWideRow());
      copied += bytes;
    } else {
      return EndOfRows();
    }
  }
  return absl::OkStatus();
}

// A file without wide rows is made for its losses only.
absl::Status StepwiseWriter::EndOfRows() {
  const bool lost = options_.losses != nullptr && !options_.losses->empty();
  if (writer_ == nullptr && lost) {
    ASSIGN_OR_RETURN(writer_, SSTableWriter::Create(fs_, path_, options_));
  }
  state_ = writer_ == nullptr ? State::kDone : State::kCopied;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> StepwiseWriter::BeginWideRow() {
  if (writer_ == nullptr) {
    ASSIGN_OR_RETURN(writer_, SSTableWriter::Create(fs_, path_, options_));
  }
  const WideRowHead& head = rows_->wide_row();
  RETURN_IF_ERROR(writer_->BeginWideRow(head));
  RETURN_IF_ERROR(rows_->SeekRow(kFirstBound, Direction::kForward));
  state_ = State::kInWideRow;
  return kFragmentBytes + head.partition_key.size() + head.static_row.size();
}

// Also ends the wide row behind its last fragment.
absl::StatusOr<uint64_t> StepwiseWriter::CopyFragment() {
  if (rows_->HasRow()) {
    const RowFragment& fragment = rows_->row();
    const uint64_t bytes =
        kFragmentBytes + fragment.position.size() + fragment.image.size();
    RETURN_IF_ERROR(writer_->Add(fragment));
    RETURN_IF_ERROR(rows_->NextRow());
    return bytes;
  }
  RETURN_IF_ERROR(writer_->EndWideRow());
  RETURN_IF_ERROR(rows_->NextWideRow());
  state_ = State::kBetweenWideRows;
  return 0;
}

absl::Status StepwiseWriter::Finish() {
  RETURN_IF_ERROR(writer_->Finish().status());
  const auto file = fs_->Open(path_, {});
  const auto bytes =
      file.ok() ? (*file)->Size() : absl::StatusOr<uint64_t>(file.status());
  if (!bytes.ok()) {
    fs_->Remove(path_).IgnoreError();  // nobody names it yet
    return bytes.status();
  }
  file_ = ManifestFile{options_.file, options_.level, *bytes};
  state_ = State::kDone;
  return absl::OkStatus();
}

}  // namespace rowan
