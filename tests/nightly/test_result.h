// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_NIGHTLY_TEST_RESULT_H_
#define ROWAN_TESTS_NIGHTLY_TEST_RESULT_H_

#include <cstdint>
#include <string_view>

namespace rowan {

// Prints the line by which a counted test tells what it tried, for
// nightly.py: `result: {"test": ..., "trials": ..., ...}`. `test` and
// `seed` hold no characters that JSON would quote. As result.py.
void TellResult(std::string_view test, uint64_t trials, uint64_t failures,
                std::string_view seed);

}  // namespace rowan

#endif  // ROWAN_TESTS_NIGHTLY_TEST_RESULT_H_
