// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_REFERENCE_GOT_ROW_H_
#define ROWAN_TESTS_MODEL_REFERENCE_GOT_ROW_H_

#include <optional>
#include <string>
#include <vector>

#include "storage/read/read_command.h"
#include "tests/model/reference/history.h"

namespace rowan {

// A cell or row of the engine's answer, in its own bytes.
struct GotCell {
  ColumnId column;
  std::string path;
  Seen seen;
};
struct GotRow {
  Token token;
  std::string key;
  std::string position;  // empty: the static row alone
  std::optional<Seen> marker;
  std::vector<GotCell> cells;
  std::vector<GotCell> fixed;  // the static row's
};

GotRow GotRowOf(const ResultRow& row);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_REFERENCE_GOT_ROW_H_
