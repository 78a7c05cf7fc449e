// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_FUZZ_SEED_FILES_H_
#define ROWAN_TESTS_FUZZ_SEED_FILES_H_

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/fuzz_target.h"

namespace rowan {

// Writes the target's seeds as FOLDER/NAME/seed-1 and so on, over older ones.
inline void WriteSeeds(const FuzzTarget& target, const std::string& folder) {
  const std::filesystem::path of_target =
      std::filesystem::path(folder) / target.name;
  std::filesystem::create_directories(of_target);
  int number = 0;
  for (const std::string& seed : target.seeds()) {
    std::ofstream file(of_target / ("seed-" + std::to_string(++number)),
                       std::ios::binary);
    file.write(seed.data(), static_cast<std::streamsize>(seed.size()));
  }
}

}  // namespace rowan

#endif  // ROWAN_TESTS_FUZZ_SEED_FILES_H_
