// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_TABLE_NAME_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_TABLE_NAME_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace rowan::cli {

struct TableName {
  std::string keyspace;
  std::string table;
};

// "keyspace.table"; kInvalidArgument for any other form.
inline absl::StatusOr<TableName> ParseTableName(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size() ||
      text.find('.', dot + 1) != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", std::string(text), "' names no table: expected KEYSPACE.TABLE"));
  }
  return TableName{std::string(text.substr(0, dot)),
                   std::string(text.substr(dot + 1))};
}

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_TABLE_NAME_H_
