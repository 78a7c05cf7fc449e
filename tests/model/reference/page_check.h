// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_PAGE_CHECK_H_
#define ROWAN_TESTS_MODEL_REFERENCE_PAGE_CHECK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/read/read_command.h"
#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"
#include "tests/model/reference/filter_check.h"
#include "tests/model/reference/got_row.h"
#include "tests/model/reference/history.h"

namespace rowan {

struct GotPage {
  std::vector<GotRow> rows;
  PageEnd end;
};

// Holds the pages of one read to the model. What a page may show under
// concurrent change: rows before its place are not asked again, rows behind it
// are as of now, the wide row's static row too.
//
//   PagedRead read(shape, schema, operation, now_s);
//   page = (engine reads read.command())
//   if (auto wrong = read.Check(page, history, *schema, clock_s))
//     FAIL() << *wrong;
//
// The schema may change between pages: the read knows the columns that there
// were when it began.
class PagedRead {
 public:
  PagedRead(const TableShape& shape, std::shared_ptr<const Schema> schema,
            const ReadOperation& read, uint32_t now_s);

  const ReadCommand& command() const { return command_; }
  bool done() const { return done_; }

  // What is wrong with `page`, the answer to command(); nullopt: nothing, and
  // command() asks for the next page. Moves on only then. `now`: the table's
  // schema when the page was read.
  std::optional<std::string> Check(const GotPage& page, const History& history,
                                   const Schema& now, uint32_t clock_s);

 private:
  class Walk;

  std::optional<std::string> CheckEnd(const GotPage& page) const;
  std::optional<std::string> CheckPlace(const ReadPosition& place,
                                        uint64_t shown_in_wide_row) const;

  // What earlier pages met of the wide row that the next page begins in.
  struct Met {
    uint64_t shown = 0;
    // A live row did not pass the filter, or may not have.
    bool fell = false;
    bool may_have_fallen = false;
  };

  const TableShape& shape_;
  const std::shared_ptr<const Schema> schema_;
  const ReadOperation read_;
  const FilterCheck filter_;
  ReadCommand command_;
  bool done_ = false;
  uint64_t shown_ = 0;  // rows, all pages
  Met met_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_PAGE_CHECK_H_
