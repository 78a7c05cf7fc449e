// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_KEY_SELECTION_H_
#define ROWAN_STORAGE_SSTABLE_KEY_SELECTION_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "partitioner/token.h"
#include "storage/model/schema.h"

namespace rowan {

// Which wide rows to print, named on a command line: partition keys as text,
// the components of a composite one separated by ':' ("\:" for a colon inside).
// A plain value.
struct KeySelection {
  using Place = std::pair<Token, std::string>;  // token, encoded key

  // Sorted, without repetition. Empty: all.
  std::vector<Place> include;
  std::set<std::string, std::less<>> exclude;

  // kInvalidArgument naming the key and what was expected.
  static absl::StatusOr<KeySelection> Parse(
      const Schema& schema, const std::vector<std::string>& include,
      const std::vector<std::string>& exclude);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_KEY_SELECTION_H_
