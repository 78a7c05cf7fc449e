// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_HISTORY_H_
#define ROWAN_TESTS_MODEL_REFERENCE_HISTORY_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/case/operation.h"
#include "tests/model/case/table_shape.h"

namespace rowan {

// A live value, or a live marker, as a reader gets it.
struct Seen {
  int64_t timestamp = 0;
  uint32_t ttl_s = 0;     // 0: for ever
  uint32_t expiry_s = 0;  // with ttl_s
  std::string value;
  friend auto operator<=>(const Seen&, const Seen&) = default;
};

struct SeenCell {
  ColumnName column;
  int64_t path = -1;
  int number = 0;  // of the value, and the fields of its type as written
  int fields = 0;
  Seen seen;
  bool must = true;  // else a reader may also miss it
};

// A row that a reader may see. Cells in the order of column and path.
struct SeenRow {
  RowName name;
  std::optional<Seen> marker;
  bool marker_must = false;
  std::vector<SeenCell> cells;
  bool must = false;  // visible for certain: some marker or cell must be
};

struct SeenWideRow {
  std::optional<SeenRow> fixed;  // the static row, if it may be visible
  std::vector<SeenRow> rows;     // ascending
};

// The reference model: every write of a table, kept for ever, and what a reader
// sees by Cassandra's rules (README.md, "Rules"). Nothing is merged, purged or
// forgotten, and no code of the engine is used.
class History {
 public:
  // `shape` must live as long.
  explicit History(const TableShape* shape) : shape_(shape) {}

  // As made (made_write.h) with this timestamp at this second (since 1970).
  void Add(const WriteOperation& write, int64_t timestamp, uint32_t made_s);

  // The column is dropped: nothing is left of it, and if it comes again, it is
  // another one.
  void Drop(const ColumnName& column);

  // What a read whose time stands at `now_s` sees at the time `clock_s`, not
  // before. Between the two a value may have expired, and a merge may or may
  // not have made a tombstone of it: `must` tells.
  SeenWideRow Look(int key, uint32_t now_s, uint32_t clock_s) const;

  // The newest timestamp of the rows that `write` names, and of what deletes
  // there.
  int64_t NewestOf(const WriteOperation& write) const;

  // Writes in order, to take back what did not happen.
  size_t size() const { return facts_.size(); }
  void CutTo(size_t size) { facts_.resize(size); }

 private:
  struct Fact {
    int key = 0;
    WritePart part;
    int64_t timestamp = 0;
    uint32_t made_s = 0;
  };
  using Facts = std::vector<const Fact*>;

  std::optional<SeenRow> LookAtRow(const RowName& row, const Facts& facts,
                                   uint32_t now_s, uint32_t clock_s) const;
  int64_t HiddenUpTo(const RowName& row, const Facts& facts) const;
  static int64_t ClearedUpTo(const RowName& row, const ColumnName& column,
                             const Facts& facts);
  // Of the parts of one place that nothing hides: what stays, and in *part
  // what wrote it.
  std::optional<Seen> Winner(const Facts& place, uint32_t now_s,
                             uint32_t clock_s, bool* must,
                             const WritePart** part) const;

  const TableShape* shape_;
  std::vector<Fact> facts_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_HISTORY_H_
