// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/read/page_run.h"

#include <optional>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/file_system.h"
#include "storage/read/page_reader.h"

namespace rowan {

PageEnd RunPage(const ReadCommand& command, const Partitions& partitions,
                const OpenSources& open, const Clock& clock,
                RowConsumer* consumer, std::span<const ColumnId> dropped) {
  ReadStats stats;
  PageReader page(command, dropped, consumer, clock, &stats);
  int attempt = 0;
  while (const std::optional<Token> next = page.next_token()) {
    size_t partition = 0;
    while (partitions[partition] < *next) ++partition;
    MergingIterator sources(open(partition, attempt), MergeForm::kRows);
    absl::StatusOr<bool> full = page.Run(&sources, partitions[partition]);
    if (IsWouldBlock(full.status()) && sources.HasWideRow()) {
      sources.MayWait();
      full = page.Run(&sources, partitions[partition]);
    }
    if (IsWouldBlock(full.status())) {
      ++attempt;
      continue;
    }
    ROWAN_CHECK(full.ok());
    if (*full) break;
  }
  return page.End();
}

std::vector<ShownRow> RunAllPages(ReadCommand command,
                                  const Partitions& partitions,
                                  const OpenSources& open, const Clock& clock,
                                  std::vector<PageEnd>* ends) {
  RowCollector collector;
  for (int pages = 0; pages < 10'000; ++pages) {
    const PageEnd end = RunPage(command, partitions, open, clock, &collector);
    if (ends != nullptr) ends->push_back(end);
    if (!end.resume.has_value()) return collector.rows;
    command.limit -= end.rows;
    command.resume = end.resume;
  }
  CheckFailed(__FILE__, __LINE__, "a read comes to its end");
}

}  // namespace rowan
