// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_PAGE_PRINTER_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_PAGE_PRINTER_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rowan/v1/data.pb.h"
#include "storage/model/composite/column_type.h"
#include "tools/rowan/client/output.h"

namespace rowan::cli {

// Prints the pages of one read as a text table, or as ONE ReadResponse in JSON
// whose rows come page by page. Holds one page.
class PagePrinter {
 public:
  PagePrinter(bool json, std::ostream& out) : json_(json), out_(out) {}

  // In text, each column but these shows when its cells were written and when
  // they go, as Row.cells tells. Before the first page.
  void ShowCells(std::set<std::string> key_columns) {
    key_columns_ = std::move(key_columns);
    show_cells_ = true;
  }

  void Add(const v1::ReadResponse& page);
  // Ends the output. Call once, after the last page.
  void Finish();

  uint64_t rows() const { return rows_; }
  // Of all pages together.
  const v1::ReadStats& stats() const { return summary_.stats(); }

 private:
  void AddJson(const v1::ReadResponse& page);
  void AddText(const v1::ReadResponse& page);
  std::vector<std::string> Header() const;
  std::vector<std::string> Line(const v1::Row& row) const;

  const bool json_;
  std::ostream& out_;
  bool show_cells_ = false;
  std::set<std::string> key_columns_;
  uint64_t rows_ = 0;
  v1::ReadResponse summary_;       // the answer without its rows
  std::vector<ColumnType> types_;  // of its columns
  std::unique_ptr<TextTable> table_;
};

// What the read cost, for people.
void PrintStats(std::ostream& out, const v1::ReadStats& stats);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_PAGE_PRINTER_H_
