// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_CONTENTS_H_
#define ROWAN_TESTS_CRASH_CUT_CONTENTS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rowan {

// All that a node's client sees, worked out without the node: what a list of
// changes makes of it when they are applied one after the other. Timestamps
// grow with the list, so nothing of the storage's rules is needed.
struct Contents {
  struct Value {
    std::string text;
    uint32_t expiry_s = 0;  // 0: never
  };
  using Columns = std::map<std::string, Value>;
  struct Row {
    // Of the marker that an insert leaves; the row lives as long as it or any
    // column.
    bool marked = false;
    uint32_t marker_expiry_s = 0;
    Columns columns;
  };
  struct WideRow {
    Columns static_columns;
    std::map<int64_t, Row> rows;  // by ck
  };
  struct Table {
    std::set<std::string> columns;
    std::map<std::string, WideRow> wide_rows;  // by key
  };

  std::map<std::string, Table> tables;
  std::map<std::string, Table> snapshots;
  std::set<std::string> others;  // user types and the like, a line each

  // As NodeLines (node_lines.h) says it of a node at that second: ascending.
  std::vector<std::string> Lines(uint32_t now_s) const;
};

// Parts of such lines.
std::string TableLine(const std::string& table,
                      const std::set<std::string>& columns);
// `columns`: name and value.
std::string RowLine(const std::string& table, const std::string& row,
                    const std::map<std::string, std::string>& columns);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_CONTENTS_H_
