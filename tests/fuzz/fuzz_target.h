// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_FUZZ_TARGET_H_
#define ROWAN_TESTS_FUZZ_FUZZ_TARGET_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

// A decoder, and what holds of it for any bytes.
struct FuzzTarget {
  std::string_view name;  // and that of its folder in corpus/
  // Dies (ROWAN_CHECK, sanitizer) when a promise is broken. Keeps nothing.
  void (*run)(std::string_view input);
  // Good inputs, made by the encoders of today.
  std::vector<std::string> (*seeds)();
};

// Those of the program that this is linked into, by name.
std::span<const FuzzTarget> FuzzTargets();

// Nullptr when there is none.
inline const FuzzTarget* FindFuzzTarget(std::string_view name) {
  for (const FuzzTarget& target : FuzzTargets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_FUZZ_TARGET_H_
