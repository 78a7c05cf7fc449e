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
  };
  Kind kind = Kind::kWork;
  int count = 0;
  Death death = Death::kProcess;  // kDieWriting, kDie
  std::vector<WriteOperation> writes;
  ReadOperation read;
};

inline constexpr int kOpenReads = 3;

// One line each, as README.md describes; ParseOperation is the inverse and
// answers kInvalidArgument for what isn't one, or names what the table lacks.
std::string FormatOperation(const Operation& operation);
absl::StatusOr<Operation> ParseOperation(const TableShape& shape,
                                         std::string_view line);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_OPERATION_H_
