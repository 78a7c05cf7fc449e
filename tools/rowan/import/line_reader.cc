// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/line_reader.h"

#include <algorithm>
#include <cstring>

namespace rowan::cli {
namespace {

constexpr size_t kBufferBytes = 256 << 10;
constexpr char kByteOrderMark[] = "\xef\xbb\xbf";

}  // namespace

LineReader::LineReader(std::istream& in) : in_(in), buffer_(kBufferBytes) {}

bool LineReader::Fill() {
  in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  at_ = 0;
  end_ = static_cast<size_t>(in_.gcount());
  bytes_read_ += end_;
  return end_ > 0;
}

bool LineReader::Next(std::string* line, bool* cut) {
  line->clear();
  *cut = false;
  if (at_ == end_ && !Fill()) return false;
  for (;;) {
    const char* from = buffer_.data() + at_;
    const size_t rest = end_ - at_;
    const void* lf = std::memchr(from, '\n', rest);
    const size_t length =
        lf == nullptr
            ? rest
            : static_cast<size_t>(static_cast<const char*>(lf) - from);
    const size_t taken = std::min(length, kLineBytesMax - line->size());
    line->append(from, taken);
    *cut |= taken < length;
    at_ += length;
    if (lf != nullptr) {
      ++at_;
      break;
    }
    if (!Fill()) break;
  }
  if (!line->empty() && line->back() == '\r') line->pop_back();
  if (first_ && line->rfind(kByteOrderMark, 0) == 0) line->erase(0, 3);
  first_ = false;
  return true;
}

}  // namespace rowan::cli
