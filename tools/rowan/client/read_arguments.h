// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_READ_ARGUMENTS_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_READ_ARGUMENTS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"

namespace rowan::cli {

// A comparison as people type it; blanks around the operator are free:
//   col=5  col!=5  col<5  col<=5  col>5  col>=5
//   col in 1,2,3          ("\," is a comma)
//   col contains x        col contains-key x
//   col is null           col is not null
//   col=null              col!=null   (the same; the text is 'null' in quotes)
// kInvalidArgument, and kNotFound for an unknown column.
absl::StatusOr<v1::Predicate> ParsePredicate(const Schema& schema,
                                             std::string_view text);

// "count", "count(col)", "min(col)", "max(col)", "sum(col)" or "avg(col)".
// Errors as above.
absl::StatusOr<v1::Aggregate> ParseAggregate(const Schema& schema,
                                             std::string_view text);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_READ_ARGUMENTS_H_
