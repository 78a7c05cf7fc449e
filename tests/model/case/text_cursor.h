// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_TEXT_CURSOR_H_
#define ROWAN_TESTS_MODEL_CASE_TEXT_CURSOR_H_

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

namespace rowan {

// Reads a word of a case from its front; what doesn't fit is not taken.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool Take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool TakeNumber(uint64_t max, uint64_t* number) {
    const char* const end = rest_.data() + rest_.size();
    const auto [next, error] = std::from_chars(rest_.data(), end, *number);
    if (error != std::errc() || *number > max) return false;
    rest_.remove_prefix(static_cast<size_t>(next - rest_.data()));
    return true;
  }
  // 0..bound-1.
  bool TakeIndex(size_t bound, int* index) {
    uint64_t number = 0;
    if (bound == 0 || !TakeNumber(bound - 1, &number)) return false;
    *index = static_cast<int>(number);
    return true;
  }

 private:
  std::string_view rest_;
};

inline std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_TEXT_CURSOR_H_
