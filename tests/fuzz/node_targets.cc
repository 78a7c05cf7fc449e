// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

namespace rowan {

// The others.
std::span<const FuzzTarget> FuzzTargets() {
  static const FuzzTarget targets[] = {kConfigFuzz,   kCsvFuzz,
                                       kJsonLineFuzz, kPageTokenFuzz,
                                       kRequestFuzz,  kWireValueFuzz};
  return targets;
}

}  // namespace rowan
