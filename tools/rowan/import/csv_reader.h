// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_CSV_READER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_CSV_READER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tools/rowan/import/line_reader.h"

namespace rowan::cli {

struct CsvField {
  std::string text;
  // "" is an empty text, a bare nothing is no value.
  bool quoted = false;
};

struct CsvRecord {
  std::vector<CsvField> fields;
  uint64_t first_line = 0;  // from 1
  uint64_t last_line = 0;   // beyond first_line when a quoted field has breaks
  std::string raw;          // as it was read, without the line's end
  // Why the fields can't be trusted; empty when they can.
  std::string error;
};

// Reads RFC 4180: fields split by commas, quoted with '"', a quote inside
// doubled. Empty lines are skipped. Used from one thread.
//
// A record that breaks the rules is its first line alone, with `error` set, and
// reading goes on with the next line: a stray quote costs one line, not the
// rest of the file. A record has at most kRecordBytesMax.
class CsvReader {
 public:
  static constexpr size_t kRecordBytesMax = LineReader::kLineBytesMax;

  // `lines` must outlive the reader.
  explicit CsvReader(LineReader& lines) : lines_(lines) {}

  // False at the end of the input.
  bool Next(CsvRecord* record);

 private:
  bool ReadLine(std::string* line, bool* cut);
  // Reads further lines while a quote is open, then splits; false, with all
  // further lines put back, when that makes no good record.
  bool Complete(CsvRecord* record);

  LineReader& lines_;
  uint64_t line_ = 0;  // of the line that ReadLine gave last
  std::deque<std::string> put_back_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_CSV_READER_H_
