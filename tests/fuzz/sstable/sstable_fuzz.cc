// SPDX-License-Identifier: Apache-2.0
// A whole SSTable, its checksums put right when the first byte is odd: opened,
// scanned both ways, searched and printed.

#include "storage/model/key_codec.h"
#include "storage/sstable/sstable_json.h"
#include "storage/sstable/sstable_reader.h"
#include "storage/sstable/sstable_stats_text.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/sstable/sample_table.h"
#include "tests/fuzz/sstable/sstable_checksums.h"
#include "tests/fuzz/targets.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

// Of one scan. A file of some KiB has fewer, unless blocks name each other.
constexpr int kStepsMax = 20'000;

// False after an error, which is final.
bool ScanRows(RowIterator* rows, Direction direction, int* steps) {
  const std::string_view from =
      direction == Direction::kForward ? kFirstBound : kLastBound;
  if (!rows->SeekRow(from, direction).ok()) return false;
  while (rows->HasRow() && (*steps)-- > 0) {
    Row row;
    DecodeRowImage(rows->row().image, &row).IgnoreError();
    rows->open_deletion();
    if (!rows->NextRow().ok()) return false;
  }
  return true;
}

void Scan(const SSTableReader& table, Direction direction) {
  ReadStats stats;
  const auto rows = table.NewSSTableIterator(Blocking::kMayWait, &stats);
  if (!rows->SeekWideRow(Token{0}, {}).ok()) return;
  int steps = kStepsMax;
  while (rows->HasWideRow() && steps-- > 0) {
    const Token token = rows->wide_row().token;
    table.MayContain(token);
    table.EstimateBytes(Token{0}, token);
    if (!ScanRows(rows.get(), direction, &steps)) return;
    if (!rows->NextWideRow().ok()) return;
  }
}

void Search(const SSTableReader& table, std::string_view bound) {
  const auto rows = table.NewSSTableIterator(Blocking::kMayWait, nullptr);
  const SSTableStatistics& known = table.statistics();
  if (!rows->SeekWideRow(known.last_token, known.last_key).ok()) return;
  if (!rows->HasWideRow()) return;
  if (!rows->SeekRow(bound, Direction::kForward).ok()) return;
  rows->SeekRow(bound, Direction::kReverse).IgnoreError();
}

void Run(std::string_view input) {
  FuzzInput in(input);
  const bool fixes = (in.Byte() & 1) != 0;
  std::string file(in.Rest());
  if (fixes) FixSSTable(&file);
  MemFileSystem fs;
  fs.WriteFile("d/t", file);
  const auto table = SSTableReader::Open(&fs, "d/t");
  if (!table.ok()) return;
  Scan(**table, Direction::kForward);
  Scan(**table, Direction::kReverse);
  Search(**table, SamplePosition(1, "c").substr(0, 6) + position::kAfter);
  size_t printed = 0;
  SSTableJson json(
      {},
      [&printed](std::string_view text) {
        printed += text.size();
        return printed < (1 << 20) ? absl::OkStatus()
                                   : absl::ResourceExhaustedError("enough");
      },
      [](const Schema&, const SSTableLoss&) {});
  if (json.Print(**table).ok()) json.Finish().IgnoreError();
  SSTableStatsText(**table, {});
}

std::vector<std::string> Seeds() {
  return {"\1" + SampleSSTable(Compression::kNone, false),
          "\1" + SampleSSTable(Compression::kLz4, false),
          "\1" + SampleSSTable(Compression::kZstd, true)};
}

}  // namespace

const FuzzTarget kSSTableFuzz{"sstable", Run, Seeds};

}  // namespace rowan
