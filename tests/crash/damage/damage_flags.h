// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_DAMAGE_DAMAGE_FLAGS_H_
#define ROWAN_TESTS_CRASH_DAMAGE_DAMAGE_FLAGS_H_

#include <cstdint>
#include <string>

namespace rowan {

// What `damage_test` is asked for besides GoogleTest's flags:
//   --damages=N   about so many of each kind of file
//   --all         every one
//   --part=I/N    of them the I-th of N parts, from 1
//   --kind=NAME   one kind of file (full_disk.h) instead of all
struct DamageFlags {
  uint64_t damages = ROWAN_DAMAGES;  // CMakeLists.txt; 0: all
  uint64_t part = 0, parts = 1;      // from 0
  std::string kind;
};

DamageFlags& TheDamageFlags();

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_DAMAGE_DAMAGE_FLAGS_H_
