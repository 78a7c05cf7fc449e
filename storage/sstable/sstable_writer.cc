// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_writer.h"

#include <string_view>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/sstable/block_file_writer.h"
#include "storage/sstable/format/block_index.h"
#include "storage/sstable/format/filter.h"
#include "storage/sstable/format/row_index.h"
#include "storage/sstable/format/wide_row_codec.h"
#include "storage/sstable/format/wide_rows_block.h"
#include "storage/sstable/loss/loss_codec.h"
#include "storage/sstable/order_check.h"
#include "storage/sstable/statistics_codec.h"
#include "storage/sstable/statistics_collector.h"

namespace rowan {
namespace {

// A broken rule would become a file with wrong answers.
absl::Status Kept(const char* broken_rule) {
  return broken_rule == nullptr ? absl::OkStatus()
                                : absl::DataLossError(broken_rule);
}

// A wide row is gathered in `head_` and `fragments_`. If it ends before a block
// is full it joins the shared block; otherwise every full list becomes a part,
// named in `row_index_`, and the end of the wide row writes the root.
class WriterImpl final : public SSTableWriter {
 public:
  WriterImpl(SSTableWriterOptions options, std::unique_ptr<BlockFileWriter> out)
      : options_(std::move(options)),
        out_(std::move(out)),
        order_(options_.partition),
        filter_(options_.expected_wide_rows) {}

  absl::Status BeginWideRow(const WideRowHead& head) override;
  absl::Status Add(const RowFragment& fragment) override;
  absl::Status EndWideRow() override;
  uint64_t EstimatedBytes() const override;
  absl::StatusOr<SSTableStatistics> Finish() override;

 private:
  absl::Status CutPart();
  absl::Status EndLargeWideRow();
  absl::Status WriteSharedBlock();
  absl::StatusOr<BlockHandle> WriteIndexNode(std::string_view payload) {
    return out_->AddBlock(BlockKind::kRowIndex, payload);
  }
  absl::Status WriteSections(const SSTableStatistics& statistics);

  const SSTableWriterOptions options_;
  std::unique_ptr<BlockFileWriter> out_;
  OrderCheck order_;
  StatisticsCollector collector_;
  FilterBuilder filter_;
  BlockIndexBuilder block_index_;
  WideRowsBlockBuilder shared_;

  bool in_wide_row_ = false;
  // The open wide row.
  Token token_;
  std::string key_;
  std::string head_;          // as PutHead wrote it
  uint64_t parts_bytes_ = 0;  // of its parts so far
  OffsetListBuilder fragments_;
  RowIndexBuilder row_index_;
  std::string separator_;      // of the part in fragments_
  DeletionTime open_at_part_;  // in force before it
  DeletionTime open_;          // in force after it
  std::string last_position_;
  std::string scratch_;
};

absl::Status WriterImpl::BeginWideRow(const WideRowHead& head) {
  ROWAN_CHECK(!in_wide_row_);
  RETURN_IF_ERROR(Kept(order_.BeginWideRow(head)));
  in_wide_row_ = true;
  RETURN_IF_ERROR(collector_.AddWideRow(head));
  filter_.Add(head.token);
  token_ = head.token;
  key_.assign(head.partition_key);
  head_.clear();
  PutHead(head, &head_);
  parts_bytes_ = 0;
  separator_.clear();
  open_at_part_ = open_ = {};
  last_position_.clear();
  return absl::OkStatus();
}

absl::Status WriterImpl::Add(const RowFragment& fragment) {
  ROWAN_CHECK(in_wide_row_);
  RETURN_IF_ERROR(Kept(order_.Add(fragment)));
  RETURN_IF_ERROR(collector_.AddFragment(fragment));
  const size_t bytes = fragment.position.size() + fragment.image.size() + 32;
  if (bytes > kBlockRawBytesMax / 2) {
    return absl::OutOfRangeError("a row is larger than an SSTable holds");
  }
  if (fragments_.count() > 0 &&
      fragments_.encoded_bytes() + bytes > kBlockTargetBytes) {
    RETURN_IF_ERROR(CutPart());
    separator_.assign(ShortestSeparator(last_position_, fragment.position));
  }
  PutFragment(fragment, fragments_.BeginItem());
  if (fragment.kind == RowFragment::Kind::kDeletionChange) {
    open_ = fragment.above;
  }
  last_position_.assign(fragment.position);
  return absl::OkStatus();
}

absl::Status WriterImpl::CutPart() {
  // The wide rows before this one go to the file first.
  RETURN_IF_ERROR(WriteSharedBlock());
  scratch_.clear();
  fragments_.AppendTo(&scratch_);
  parts_bytes_ += scratch_.size();
  fragments_.Clear();
  ASSIGN_OR_RETURN(const BlockHandle handle,
                   out_->AddBlock(BlockKind::kRowPart, scratch_));
  RETURN_IF_ERROR(row_index_.Add(
      {separator_, open_at_part_, handle},
      [this](std::string_view node) { return WriteIndexNode(node); }));
  open_at_part_ = open_;
  return absl::OkStatus();
}

absl::Status WriterImpl::EndWideRow() {
  ROWAN_CHECK(in_wide_row_);
  RETURN_IF_ERROR(Kept(order_.EndWideRow()));
  in_wide_row_ = false;
  if (!row_index_.empty()) return EndLargeWideRow();
  const size_t bytes = head_.size() + fragments_.encoded_bytes();
  if (bytes > kBlockRawBytesMax / 2) {
    return absl::OutOfRangeError(
        "a static row is larger than an SSTable holds");
  }
  if (shared_.count() > 0 &&
      shared_.encoded_bytes() + bytes > kBlockTargetBytes) {
    RETURN_IF_ERROR(WriteSharedBlock());
  }
  std::string* const body = shared_.BeginWideRow(token_, key_);
  const size_t start = body->size();
  *body += head_;
  fragments_.AppendTo(body);
  fragments_.Clear();
  collector_.EndWideRow(body->size() - start);
  return absl::OkStatus();
}

absl::Status WriterImpl::EndLargeWideRow() {
  if (head_.size() > kBlockRawBytesMax / 2) {
    return absl::OutOfRangeError(
        "a static row is larger than an SSTable holds");
  }
  RETURN_IF_ERROR(CutPart());
  scratch_.clear();
  PutLittle(token_.value, &scratch_);
  PutLittle(static_cast<uint32_t>(head_.size()), &scratch_);
  scratch_ += head_;
  RETURN_IF_ERROR(row_index_.Finish(
      [this](std::string_view node) { return WriteIndexNode(node); },
      &scratch_));
  ASSIGN_OR_RETURN(const BlockHandle root,
                   out_->AddBlock(BlockKind::kRowRoot, scratch_));
  block_index_.Add(token_, key_, token_, true, root);
  collector_.EndWideRow(head_.size() + parts_bytes_);
  return absl::OkStatus();
}

absl::Status WriterImpl::WriteSharedBlock() {
  if (shared_.count() == 0) return absl::OkStatus();
  scratch_.clear();
  shared_.AppendTo(&scratch_);
  ASSIGN_OR_RETURN(const BlockHandle handle,
                   out_->AddBlock(BlockKind::kWideRows, scratch_));
  block_index_.Add(shared_.first_token(), shared_.first_key(),
                   shared_.last_token(), false, handle);
  shared_.Clear();
  return absl::OkStatus();
}

uint64_t WriterImpl::EstimatedBytes() const {
  return out_->offset() + shared_.encoded_bytes() + fragments_.encoded_bytes() +
         block_index_.encoded_bytes() + filter_.encoded_bytes();
}

absl::StatusOr<SSTableStatistics> WriterImpl::Finish() {
  ROWAN_CHECK(!in_wide_row_);
  RETURN_IF_ERROR(WriteSharedBlock());
  SSTableStatistics statistics;
  collector_.Fill(&statistics);
  statistics.file = options_.file;
  statistics.table = options_.schema->id;
  statistics.partition = options_.partition;
  statistics.level = options_.level;
  statistics.log_from = options_.log_from;
  statistics.log_to = options_.log_to;
  statistics.written_at_us = options_.written_at_us;
  statistics.data_bytes_raw = out_->raw_position();
  statistics.data_bytes_stored = out_->offset();
  RETURN_IF_ERROR(WriteSections(statistics));
  RETURN_IF_ERROR(out_->Finish());
  return statistics;
}

absl::Status WriterImpl::WriteSections(const SSTableStatistics& statistics) {
  RETURN_IF_ERROR(
      out_->AddSection(SectionKind::kBlockIndex, block_index_.Finish()));
  RETURN_IF_ERROR(out_->AddSection(SectionKind::kFilter, filter_.Finish()));
  RETURN_IF_ERROR(
      out_->AddSection(SectionKind::kStatistics, EncodeStatistics(statistics)));
  RETURN_IF_ERROR(
      out_->AddSection(SectionKind::kSchema, EncodeSchema(*options_.schema)));
  if (options_.losses == nullptr || options_.losses->empty()) {
    return absl::OkStatus();
  }
  return out_->AddSection(SectionKind::kLosses, EncodeLosses(*options_.losses));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SSTableWriter>> SSTableWriter::Create(
    FileSystem* fs, const std::string& path, SSTableWriterOptions options) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<BlockFileWriter> out,
      BlockFileWriter::Create(fs, path, options.file, options.compression));
  return std::make_unique<WriterImpl>(std::move(options), std::move(out));
}

}  // namespace rowan
