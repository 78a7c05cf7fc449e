// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/merge_job.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/read/merging_iterator.h"
#include "storage/read/purging_iterator.h"

namespace rowan {

MergeJob::MergeJob(MergeJobSpec spec) : spec_(std::move(spec)) {
  ROWAN_CHECK(!spec_.inputs.empty());
  writer_ = MakeWriter();
}

std::unique_ptr<StepwiseWriter> MergeJob::MakeWriter() {
  SSTableWriterOptions output = spec_.output;
  output.log_from = spec_.inputs.front()->statistics().log_from;
  output.log_to = spec_.inputs.front()->statistics().log_to;
  output.expected_wide_rows = 0;
  std::vector<std::unique_ptr<RowIterator>> sources;
  for (const std::shared_ptr<SSTable>& input : spec_.inputs) {
    const SSTableStatistics& statistics = input->statistics();
    output.log_from = std::min(output.log_from, statistics.log_from);
    output.log_to = std::max(output.log_to, statistics.log_to);
    output.expected_wide_rows += statistics.wide_rows;
    sources.push_back(input->NewIterator(Blocking::kMayWait, &stats_));
  }
  auto merged =
      std::make_unique<MergingIterator>(std::move(sources), MergeForm::kImages);
  auto purged = std::make_unique<PurgingIterator>(
      std::move(merged), spec_.oracle, spec_.now_s, spec_.grace_s,
      spec_.output.schema->dropped);
  return std::make_unique<StepwiseWriter>(std::move(purged), spec_.fs,
                                          spec_.path, std::move(output));
}

absl::StatusOr<bool> MergeJob::Step() {
  ASSIGN_OR_RETURN(const bool finished, writer_->Step());
  if (!finished) return false;
  const std::optional<ManifestFile>& file = writer_->file();
  if (file.has_value()) {
    result_.added.push_back(*file);
    result_.bytes_written = file->bytes;
  }
  for (const std::shared_ptr<SSTable>& input : spec_.inputs) {
    result_.removed.push_back(input->statistics().file);
  }
  result_.bytes_read = stats_.block_bytes;
  return true;
}

}  // namespace rowan
