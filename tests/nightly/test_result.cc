// SPDX-License-Identifier: Apache-2.0
#include "tests/nightly/test_result.h"

#include <cstdio>

#include "absl/strings/str_format.h"

namespace rowan {

void TellResult(std::string_view test, uint64_t trials, uint64_t failures,
                std::string_view seed) {
  absl::PrintF(
      "result: {\"test\": \"%s\", \"trials\": %d, \"failures\": %d, "
      "\"seed\": \"%s\"}\n",
      test, trials, failures, seed);
  (void)std::fflush(stdout);
}

}  // namespace rowan
