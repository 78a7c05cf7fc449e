// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_GENERATOR_H_
#define ROWAN_TESTS_MODEL_CASE_GENERATOR_H_

#include <cstdint>

#include "tests/model/case/test_case.h"

namespace rowan {

// The case of `seed`, the same for all option sets but for its `options`. Keys,
// rows, values and ages come from tiny domains: collisions and ties are what
// is looked for.
TestCase GenerateCase(uint64_t seed, const OptionSet& options);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_GENERATOR_H_
