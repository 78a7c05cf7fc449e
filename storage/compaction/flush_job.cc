// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/flush_job.h"

#include <utility>
#include <vector>

#include "storage/read/merging_iterator.h"
#include "storage/read/purging_iterator.h"

namespace rowan {

FlushJob::FlushJob(const Memtable& memtable, FileSystem* fs, std::string path,
                   SSTableWriterOptions output) {
  output.expected_wide_rows = memtable.wide_row_count();
  std::vector<std::unique_ptr<RowIterator>> sources;
  sources.push_back(memtable.NewIterator());
  std::unique_ptr<RowIterator> rows =
      std::make_unique<MergingIterator>(std::move(sources), MergeForm::kImages);
  if (!output.schema->dropped.empty()) {
    rows = std::make_unique<PurgingIterator>(std::move(rows),
                                             output.schema->dropped);
  }
  writer_ = std::make_unique<StepwiseWriter>(
      std::move(rows), fs, std::move(path), std::move(output));
}

}  // namespace rowan
