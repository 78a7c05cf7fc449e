// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/page_printer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/rowan/client/proto_type.h"
#include "tools/rowan/client/proto_value.h"

namespace rowan::cli {
namespace {

// Sources are the same for all pages of a wide row; work adds up.
void AddStats(const v1::ReadStats& page, v1::ReadStats* sum) {
  sum->set_memtables(std::max(sum->memtables(), page.memtables()));
  sum->set_sstables(std::max(sum->sstables(), page.sstables()));
  sum->set_sstables_skipped(
      std::max(sum->sstables_skipped(), page.sstables_skipped()));
  sum->set_blocks(sum->blocks() + page.blocks());
  sum->set_block_bytes(sum->block_bytes() + page.block_bytes());
  sum->set_rows_scanned(sum->rows_scanned() + page.rows_scanned());
  sum->set_cells_scanned(sum->cells_scanned() + page.cells_scanned());
  sum->set_tombstones(sum->tombstones() + page.tombstones());
  sum->set_waits(sum->waits() + page.waits());
  sum->set_wait_ns(sum->wait_ns() + page.wait_ns());
  sum->set_work_ns(sum->work_ns() + page.work_ns());
}

}  // namespace

void PagePrinter::Add(const v1::ReadResponse& page) {
  if (page.columns_size() > 0) {
    *summary_.mutable_columns() = page.columns();
    types_ = TypesOfColumns(page.columns());
  }
  summary_.set_end_reason(page.end_reason());
  summary_.set_next_page_token(page.next_page_token());
  if (page.has_stats()) AddStats(page.stats(), summary_.mutable_stats());
  json_ ? AddJson(page) : AddText(page);
}

void PagePrinter::AddJson(const v1::ReadResponse& page) {
  for (const v1::Row& row : page.rows()) {
    out_ << (rows_++ == 0 ? "{\"rows\":[" : ",\n") << Json(row);
  }
}

void PagePrinter::AddText(const v1::ReadResponse& page) {
  if (table_ == nullptr) {
    if (summary_.columns_size() == 0) return;
    table_ = std::make_unique<TextTable>(Header());
  }
  for (const v1::Row& row : page.rows()) {
    table_->Add(Line(row));
    ++rows_;
  }
  if (page.rows_size() > 0) table_->Print(out_);
}

std::vector<std::string> PagePrinter::Header() const {
  std::vector<std::string> header;
  for (const auto& column : summary_.columns()) {
    header.push_back(column.name());
    if (!show_cells_ || key_columns_.contains(column.name())) continue;
    header.push_back("writetime(" + column.name() + ")");
    header.push_back("ttl(" + column.name() + ")");
  }
  return header;
}

std::vector<std::string> PagePrinter::Line(const v1::Row& row) const {
  std::vector<std::string> line;
  for (int i = 0; i < summary_.columns_size(); ++i) {
    line.push_back(
        i < row.values_size()
            ? TextFromProto(types_[static_cast<size_t>(i)], row.values(i))
            : "null");
    if (!show_cells_ || key_columns_.contains(summary_.columns(i).name())) {
      continue;
    }
    const v1::CellInfo info =
        i < row.cells_size() ? row.cells(i) : v1::CellInfo();
    const int64_t written_us = info.timestamp_us();
    line.push_back(written_us == 0 ? "null" : std::to_string(written_us));
    line.push_back(info.has_ttl_s() ? std::to_string(info.ttl_s()) : "null");
  }
  return line;
}

void PagePrinter::Finish() {
  if (!json_) return;
  // The rows are out; the rest follows as the other fields of the message.
  std::string rest = Json(summary_);
  const std::string no_rows = "\"rows\":[],";
  const size_t at = rest.find(no_rows);
  if (at != std::string::npos) rest.erase(at, no_rows.size());
  out_ << (rows_ == 0 ? "{\"rows\":[" : "") << "]," << rest.substr(1) << "\n";
}

void PrintStats(std::ostream& out, const v1::ReadStats& stats) {
  out << absl::StreamFormat(
      "memtables %d   sstables %d, skipped %d   blocks %d (%s)\n"
      "scanned: rows %d, cells %d, tombstones %d\n"
      "time: work %.3f ms, waited %.3f ms in %d waits\n",
      stats.memtables(), stats.sstables(), stats.sstables_skipped(),
      stats.blocks(), HumanBytes(stats.block_bytes()), stats.rows_scanned(),
      stats.cells_scanned(), stats.tombstones(), stats.work_ns() / 1e6,
      stats.wait_ns() / 1e6, stats.waits());
}

}  // namespace rowan::cli
