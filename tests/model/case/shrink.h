// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_SHRINK_H_
#define ROWAN_TESTS_MODEL_CASE_SHRINK_H_

#include <functional>
#include <string>

#include "tests/model/case/test_case.h"

namespace rowan {

// A smaller case that `fails` too: operations are left out, then words of those
// that are left (delta debugging over the case's text), until nothing more can
// go or `runs_max` runs are spent. REQUIRES: fails(test).
TestCase Shrink(const TestCase& test,
                const std::function<bool(const TestCase&)>& fails,
                int runs_max);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_SHRINK_H_
