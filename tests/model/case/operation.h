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
    // These become some of the above when the write is made (made_write.h).
    kReplace,  // the whole value `value` of a column with elements
    kAppend,   // an element to a list
    kPrepend,
    kSetAt,  // a list's element number `path`: it has to be read first
    kEraseAt,
  };
  Kind kind = Kind::kSet;
  Slice range;  // kDeleteRange
  RowName row;
  ColumnName column;
  int64_t path = -1;  // of an element; of kSetAt and kEraseAt its index
  int value = 0;
  uint32_t ttl_s = 0;  // of what is no deletion; 0: for ever
  int fields = 0;      // of the column's user type, when the write is made
};

inline bool ReadsFirst(const WritePart& part) {
  return part.kind == WritePart::Kind::kSetAt ||
         part.kind == WritePart::Kind::kEraseAt;
}

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

// What a conditional write asks of a row.
struct RowQuestion {
  RowName row;
  std::optional<bool> exists;
  // Of columns; all must hold. Those of rows are of no meaning for the static
  // row.
  std::vector<AskedPredicate> where;
};

// A write of one mutation that is made only if all is as it must be; else
// another one is. Ages are of no meaning.
struct CheckOperation {
  std::optional<bool> wide_row;  // exists
  std::vector<RowQuestion> rows;
  WriteOperation write;
  std::vector<WritePart> otherwise;  // of the same wide row
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
  bool totals =
      false;  // aggregates over all rows, too (tests/model/reference/totals.h)
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
    kTruncate,     // a table like it, without rows, takes its place
    kSnapshot,     // its files are kept as number `count`
    kRestore,      // ... and a table made of them takes its place
    kQueued,       // one write, which takes its turn as a `check` does
    kCheck,        // `checks`, all at once
    kDieChecking,  // the same, with death after `count` tasks
    kCount,        // `counts`, all at once
    kDieCounting,  // the same, with death after `count` tasks; then again
  };
  Kind kind = Kind::kWork;
  int count = 0;
  Death death = Death::kProcess;  // of kinds that die
  bool looks = false;             // kDieWriting: a reader comes by before
  std::vector<WriteOperation> writes;
  ReadOperation read;
  Alteration alteration;
  std::vector<CountOperation> counts;
  std::vector<CheckOperation> checks;
};

inline constexpr int kOpenReads = 3;
inline constexpr int kSnapshots = 2;

// One line each, as README.md describes; ParseOperation is the inverse and
// answers kInvalidArgument for what isn't one, or names what the table lacks.
std::string FormatOperation(const Operation& operation);
absl::StatusOr<Operation> ParseOperation(const TableShape& shape,
                                         std::string_view line);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_OPERATION_H_
