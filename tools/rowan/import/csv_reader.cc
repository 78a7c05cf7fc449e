// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/csv_reader.h"

#include <iterator>
#include <string_view>
#include <utility>

namespace rowan::cli {
namespace {

// Splits one record into fields, line by line.
class Splitter {
 public:
  explicit Splitter(std::vector<CsvField>* fields) : fields_(*fields) {
    fields_.assign(1, CsvField());
  }

  // Why `text` can't go on the record; nullptr when it can.
  const char* Take(std::string_view text) {
    for (const char byte : text) {
      if (!TakeByte(byte)) {
        return "a quote stands inside a field; quote the whole field and "
               "double the quotes in it";
      }
    }
    return nullptr;
  }

  bool in_quotes() const { return state_ == State::kQuoted; }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteSeen };

  bool TakeByte(char byte) {
    if (state_ == State::kQuoted) {
      if (byte != '"') return Append(byte);
      state_ = State::kQuoteSeen;
      return true;
    }
    if (byte == ',') {
      fields_.emplace_back();
      state_ = State::kFieldStart;
      return true;
    }
    if (state_ == State::kQuoteSeen) {
      if (byte != '"') return false;
      state_ = State::kQuoted;
      return Append(byte);
    }
    if (byte != '"') {
      state_ = State::kPlain;
      return Append(byte);
    }
    if (state_ == State::kPlain) return false;
    fields_.back().quoted = true;
    state_ = State::kQuoted;
    return true;
  }

  bool Append(char byte) {
    fields_.back().text.push_back(byte);
    return true;
  }

  std::vector<CsvField>& fields_;
  State state_ = State::kFieldStart;
};

}  // namespace

bool CsvReader::ReadLine(std::string* line, bool* cut) {
  *cut = false;
  if (!put_back_.empty()) {
    *line = std::move(put_back_.front());
    put_back_.pop_front();
  } else if (!lines_.Next(line, cut)) {
    return false;
  }
  ++line_;
  return true;
}

bool CsvReader::Next(CsvRecord* record) {
  record->error.clear();
  bool cut = false;
  do {
    if (!ReadLine(&record->raw, &cut)) return false;
  } while (record->raw.empty());
  record->first_line = line_;
  if (cut) record->error = "the line is too long";
  if (cut || !Complete(record)) record->fields.clear();
  record->last_line = line_;
  return true;
}

bool CsvReader::Complete(CsvRecord* record) {
  Splitter splitter(&record->fields);
  std::vector<std::string> further;
  const char* error = splitter.Take(record->raw);
  size_t bytes = record->raw.size();
  while (error == nullptr && splitter.in_quotes()) {
    std::string line;
    bool cut = false;
    if (bytes > kRecordBytesMax || !ReadLine(&line, &cut)) {
      error = "a quoted field never ends";
      break;
    }
    bytes += line.size() + 1;
    splitter.Take("\n");
    error = cut ? "a line is too long" : splitter.Take(line);
    further.push_back(std::move(line));
  }
  if (error != nullptr) {
    record->error = error;
    line_ -= further.size();
    put_back_.insert(put_back_.begin(),
                     std::make_move_iterator(further.begin()),
                     std::make_move_iterator(further.end()));
    return false;
  }
  for (const std::string& line : further) record->raw += '\n' + line;
  return true;
}

}  // namespace rowan::cli
