// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry points for one of the program's targets:
//   PROGRAM --target=NAME [libFuzzer's options] CORPUS
//   PROGRAM --write-seeds=FOLDER       seeds of all targets, a folder each
//   PROGRAM --list

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/seed_files.h"

namespace {

const rowan::FuzzTarget* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (int i = 1; i < *argc; ++i) {
    std::string_view argument((*argv)[i]);
    constexpr std::string_view kTarget = "--target=";
    constexpr std::string_view kSeeds = "--write-seeds=";
    if (argument.starts_with(kTarget)) {
      chosen = rowan::FindFuzzTarget(argument.substr(kTarget.size()));
    } else if (argument.starts_with(kSeeds)) {
      const std::string folder(argument.substr(kSeeds.size()));
      for (const auto& target : rowan::FuzzTargets()) {
        rowan::WriteSeeds(target, folder);
      }
      std::exit(0);
    } else if (argument == "--list") {
      for (const auto& target : rowan::FuzzTargets()) {
        std::cout << target.name << "\n";
      }
      std::exit(0);
    }
  }
  if (chosen == nullptr) {
    std::cerr << "expected --target=NAME; --list prints the names\n";
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
