// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_FUZZ_INPUT_H_
#define ROWAN_TESTS_FUZZ_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rowan {

// Takes an input apart from its front, as far as it goes; then gives zeros and
// nothing. A view.
class FuzzInput {
 public:
  explicit FuzzInput(std::string_view input) : rest_(input) {}

  uint8_t Byte() {
    const std::string_view byte = Take(1);
    return byte.empty() ? 0 : static_cast<uint8_t>(byte[0]);
  }
  // 0..below-1. REQUIRES: below > 0.
  size_t Below(size_t below) { return Byte() % below; }
  std::string_view Take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // As many as the two bytes in front say, or as there are.
  std::string_view TakeSized() {
    const size_t low = Byte();
    return Take(low | (size_t{Byte()} << 8));
  }
  std::string_view Rest() { return Take(rest_.size()); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_FUZZ_INPUT_H_
