// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_ELEMENT_ARGUMENTS_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_ELEMENT_ARGUMENTS_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"

namespace rowan::cli {

// What a word asks of the elements of a column, in CQL's literals (text in
// single quotes):
//   col+={1, 2}   adds to a set, map or user type, and at the end of a list
//   col^=[1]      in front of a list
//   col-={1}      removes elements of a set, keys of a map, a list's elements
//                 that are equal
//   col[key]=1    sets an entry of a map, an element of a list by its index, a
//                 field of a user type; null removes it
struct ElementWord {
  const Column* column;
  v1::UpdateElements update;  // without clustering and TTL
};

// Nullopt for a word of another form. kInvalidArgument for a column that has no
// elements, or a literal that is none; kNotFound for an unknown column.
absl::StatusOr<std::optional<ElementWord>> ParseElementWord(
    const Schema& schema, std::string_view word);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_ELEMENT_ARGUMENTS_H_
