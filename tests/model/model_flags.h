// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_MODEL_FLAGS_H_
#define ROWAN_TESTS_MODEL_MODEL_FLAGS_H_

#include <cstdint>
#include <string>

namespace rowan {

// What `model_test` is asked for besides GoogleTest's flags:
//   --seeds=N        the first N seeds
//   --seed=N         this one alone
//   --options=NAME   one option set instead of all
//   --replay=FILE    the cases of this file instead of those that are kept
struct ModelFlags {
  uint64_t first = 1;
  uint64_t seeds = ROWAN_MODEL_SEEDS;  // CMakeLists.txt
  std::string options;
  std::string replay;
};

ModelFlags& TheModelFlags();

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_MODEL_FLAGS_H_
