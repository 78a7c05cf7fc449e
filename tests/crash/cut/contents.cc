// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/contents.h"

#include <algorithm>

namespace rowan {
namespace {

bool Alive(uint32_t expiry_s, uint32_t now_s) {
  return expiry_s == 0 || now_s < expiry_s;
}

std::map<std::string, std::string> AliveOf(const Contents::Columns& columns,
                                           uint32_t now_s) {
  std::map<std::string, std::string> alive;
  for (const auto& [name, value] : columns) {
    if (Alive(value.expiry_s, now_s)) alive[name] = value.text;
  }
  return alive;
}

void AddRows(const std::string& table, const std::string& key,
             const Contents::WideRow& wide_row, uint32_t now_s,
             std::vector<std::string>* lines) {
  const auto fixed = AliveOf(wide_row.static_columns, now_s);
  bool any = false;
  for (const auto& [ck, row] : wide_row.rows) {
    auto columns = AliveOf(row.columns, now_s);
    if (columns.empty() && !(row.marked && Alive(row.marker_expiry_s, now_s))) {
      continue;
    }
    columns.insert(fixed.begin(), fixed.end());
    lines->push_back(RowLine(table, key + "/" + std::to_string(ck), columns));
    any = true;
  }
  if (!any && !fixed.empty()) lines->push_back(RowLine(table, key, fixed));
}

}  // namespace

std::string TableLine(const std::string& table,
                      const std::set<std::string>& columns) {
  std::string line = "table " + table;
  for (const std::string& column : columns) line += " " + column;
  return line;
}

std::string RowLine(const std::string& table, const std::string& row,
                    const std::map<std::string, std::string>& columns) {
  std::string line = table + " " + row;
  for (const auto& [name, text] : columns) line += " " + name + "=" + text;
  return line;
}

std::vector<std::string> Contents::Lines(uint32_t now_s) const {
  std::vector<std::string> lines(others.begin(), others.end());
  for (const auto& [name, table] : tables) {
    lines.push_back(TableLine(name, table.columns));
    for (const auto& [key, wide_row] : table.wide_rows) {
      AddRows(name, key, wide_row, now_s, &lines);
    }
  }
  for (const auto& [name, table] : snapshots) {
    lines.push_back("snapshot " + name);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace rowan
