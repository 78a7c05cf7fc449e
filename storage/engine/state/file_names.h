// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_FILE_NAMES_H_
#define ROWAN_STORAGE_ENGINE_STATE_FILE_NAMES_H_

#include <cstdio>
#include <string>

#include "storage/base/ids.h"

namespace rowan {

// What is called how in the storage directory: "7/00000012.sst" is file 12 of
// table 7.
inline std::string SSTableFileName(FileId file) {
  char name[32];
  std::snprintf(name, sizeof(name), "%08llu.sst",
                static_cast<unsigned long long>(file.value));
  return name;
}
inline std::string TableDirectoryName(TableId table) {
  return std::to_string(table.value);
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_FILE_NAMES_H_
