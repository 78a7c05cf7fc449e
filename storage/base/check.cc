// SPDX-License-Identifier: Apache-2.0
#include "storage/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace rowan {

void CheckFailed(const char* file, int line, const char* what) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, what);
  std::fflush(stderr);
  std::abort();
}

}  // namespace rowan
