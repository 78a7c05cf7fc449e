// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_READ_PAGE_RUN_H_
#define ROWAN_TESTS_STORAGE_READ_PAGE_RUN_H_

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "storage/base/clock.h"
#include "storage/model/row_iterator.h"
#include "storage/read/read_command.h"
#include "tests/storage/read/read_reference.h"

namespace rowan {

// The last token of each partition, ascending to Token::Max().
using Partitions = std::vector<Token>;

// Fresh sources of partition `i` for the `attempt`-th time (from 0), newest
// state; attempts go up after each WouldBlock().
using OpenSources = std::function<std::vector<std::unique_ptr<RowIterator>>(
    size_t partition, int attempt)>;

// Keeps every row; each counts as `row_bytes`.
class RowCollector final : public RowConsumer {
 public:
  explicit RowCollector(size_t row_bytes = 1) : row_bytes_(row_bytes) {}
  size_t OnRow(const ResultRow& row) override {
    rows.push_back(ShownRowOf(row));
    return row_bytes_;
  }
  std::vector<ShownRow> rows;

 private:
  const size_t row_bytes_;
};

// One page as an engine reads it: partition after partition, and after each
// WouldBlock() on in the same wide row or from fresh sources.
PageEnd RunPage(const ReadCommand& command, const Partitions& partitions,
                const OpenSources& open, const Clock& clock,
                RowConsumer* consumer, std::span<const ColumnId> dropped = {});

// Page after page until nothing follows; `command.limit` counts down.
std::vector<ShownRow> RunAllPages(ReadCommand command,
                                  const Partitions& partitions,
                                  const OpenSources& open, const Clock& clock,
                                  std::vector<PageEnd>* ends = nullptr);

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_READ_PAGE_RUN_H_
