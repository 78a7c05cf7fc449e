// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_OPERATION_H_
#define ROWAN_TESTS_MODEL_CASE_OPERATION_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/model/case/alteration.h"
#include "tests/model/case/asked_predicate.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// One thing that a write does.
struct WritePart {
  enum class Kind : uint8_t {
    kDeleteWideRow,
    kDeleteRange,
    kDeleteRow,
    kMark,         // the marker that an insert leaves
    kSet,          // a value
    kUnset,        // a cell tombstone
    kClearColumn,  // a column deletion at the write's timestamp
    kOverwrite,    // ... one below it: elements beside it stay
  };
  Kind kind = Kind::kSet;
  Slice range;  // kDeleteRange
  RowName row;
  ColumnName column;
  int path = -1;  // of an element
  int value = 0;
  uint32_t ttl_s = 0;  // kMark, kSet; 0: for ever
};

// A change of one wide row. Its timestamp is the second in which it is made
// minus `age`, as far as the table's grace allows (README.md, "Time").
struct WriteOperation {
  int key = 0;
  int age = 0;
  std::vector<WritePart> parts;
};

// An increment of a counter, or the deletion of a wide row of counters; these
// have a table of their own (tests/model/counter_run.h).
struct CountOperation {
  int key = 0;
  int row = 0;
  int delta = 0;
  int id = 0;  // of the request; 0: none
  bool deletes = false;
};

// A write of one mutation that is made only if a row is as it must be.
struct CheckOperation {
  RowName row;
  std::optional<bool> exists;
  std::vector<AskedPredicate> where;  // of columns; all must hold
  WriteOperation write;               // its age is of no meaning
};

struct ReadOperation {
  static constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
  // The keys of `in`, ascending; if none, the tokens between these two.
  std::vector<int> in;
  std::pair<int, int> keys{0, kShapeKeys - 1};
  bool distinct = false;      // without slices
  std::vector<Slice> slices;  // ascending, apart
  bool static_alone = false;  // with slices too
  bool reverse = false;
  std::optional<std::vector<ColumnName>> columns;
  uint64_t limit = kNoLimit;
  uint64_t per_wide_row = kNoLimit;
  uint64_t page_rows = kNoLimit;
  uint64_t page_bytes = kNoLimit;
  uint64_t page_tombstones = kNoLimit;
  uint64_t page_idle_looks = kNoLimit;
  std::vector<AskedPredicate> where;  // all must hold
  bool totals = false;  // aggregates over all rows, too (tests/model/totals.h)
};

enum class Death : uint8_t {
  kProcess,
  kMachine,   // nothing unsynced is left
  kTornDisk,  // some of it is, in no order
};

struct Operation {
  enum class Kind : uint8_t {
    kWrite,         // `writes` as one record
    kDieWriting,    // the same, with death after `count` tasks; then again
    kRead,          // all pages at once
    kOpenRead,      // the first page; the place is kept as number `count`
    kNextPage,      // of the open read number `count`
    kClock,         // `count` seconds pass
    kFlush,         // and wait for it
    kCompact,       // and wait for it
    kStartFlush,    // and go on
    kStartCompact,  // and go on
    kWork,          // at most `count` tasks are run
    kStop,          // a clean stop and start
    kDrain,         // the same with a flush
    kDie,           // and start again
    kCold,          // blocks are not in memory from now on
    kWarm,
    kAlter,        // `alteration`
    kCheck,        // `check`
    kCount,        // `counts`, all at once
    kDieCounting,  // the same, with death after `count` tasks; then again
  };
  Kind kind = Kind::kWork;
  int count = 0;
  Death death = Death::kProcess;  // kDieWriting, kDie
  std::vector<WriteOperation> writes;
  ReadOperation read;
  Alteration alteration;
  std::vector<CountOperation> counts;
  CheckOperation check;
};

inline constexpr int kOpenReads = 3;

// One line each, as README.md describes; ParseOperation is the inverse and
// answers kInvalidArgument for what isn't one, or names what the table lacks.
std::string FormatOperation(const Operation& operation);
absl::StatusOr<Operation> ParseOperation(const TableShape& shape,
                                         std::string_view line);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_OPERATION_H_
