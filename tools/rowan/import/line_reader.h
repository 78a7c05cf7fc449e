// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_LINE_READER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_LINE_READER_H_

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace rowan::cli {

// Lines of an input, ended by LF or CRLF; the last end may be missing. A byte
// order mark before the first is skipped. Memory is bounded: of a longer line
// only the first kLineBytesMax come. Used from one thread.
class LineReader {
 public:
  // Twice the largest cell, as hex.
  static constexpr size_t kLineBytesMax = 32 << 20;

  // `in` must outlive the reader.
  explicit LineReader(std::istream& in);

  // False at the end. `*cut`: the line was longer.
  bool Next(std::string* line, bool* cut);

  uint64_t bytes_read() const { return bytes_read_; }
  // Whether the input broke before its end.
  bool failed() const { return in_.bad(); }

 private:
  bool Fill();

  std::istream& in_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  uint64_t bytes_read_ = 0;
  bool first_ = true;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_LINE_READER_H_
