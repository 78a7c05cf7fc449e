// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_SCENES_H_
#define ROWAN_TESTS_CRASH_SCENES_H_

#include <string>

#include "tests/crash/cut/script.h"

namespace rowan {

// What several workloads begin with, on a node that has been started, and the
// names that they use. Tables: "t" with one partition, "u" with two.

inline TableOptions Partitions(uint8_t prefix_length) {
  TableOptions options;
  options.partition_prefix_length = prefix_length;
  return options;
}

inline std::string Value(int i) { return "v" + std::to_string(i); }
inline std::string Key(int i) { return "k" + std::to_string(i); }

inline void OneTable(Script* script) {
  script->Start();
  script->CreateTable("t", Partitions(0));
  script->Settle();
}

inline void TwoTables(Script* script) {
  OneTable(script);
  script->CreateTable("u", Partitions(1));
  script->Settle();
}

// Five rows of each of three wide rows, in the log.
inline void FilledTable(Script* script) {
  OneTable(script);
  for (const char* key : {"a", "b", "c"}) {
    Change change("t", key);
    for (int64_t ck = 1; ck <= 5; ++ck) change.Put(ck, "old");
    script->Write(change.PutStatic("fixed"));
  }
}

// The same in a file.
inline void FlushedTable(Script* script) {
  FilledTable(script);
  script->Flush("t");
  script->Settle();
}

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_SCENES_H_
