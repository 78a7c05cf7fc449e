// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_ROW_ARGUMENTS_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_ROW_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "tools/rowan/client/element_arguments.h"

namespace rowan::cli {

// What "column=value" words say about a row.
struct RowArguments {
  v1::Key partition_key;
  // The leading clustering columns that were given; maybe all, maybe none.
  v1::Key clustering;
  bool clustering_complete = false;
  // Static and regular columns.
  std::vector<std::pair<const Column*, v1::Value>> cells;
  // Of element_arguments.h, in their order.
  std::vector<ElementWord> elements;
};

// Words of element_arguments.h are taken, too.
//
// A value `null` is a null, which deletes the cell; with single quotes around
// it, it is text: 'null' is null, ''null'' is 'null', and so on. Nothing else
// is unquoted.
//
// kInvalidArgument: no '=', a column twice, a value that is none of its type,
// a null in a key, a partition key column missing, a gap in the clustering
// columns. kNotFound:
// an unknown column. The result points into `schema`.
absl::StatusOr<RowArguments> ParseRowArguments(
    const Schema& schema, const std::vector<std::string>& words);

inline constexpr std::string_view kNull = "null";
// `null` inside one or more pairs of single quotes, and nothing else.
bool IsQuotedNull(std::string_view text);

// "a,b": all columns of a partition key, split by commas; "\," is a comma.
absl::StatusOr<v1::Key> ParsePartitionKey(const Schema& schema,
                                          std::string_view text);
std::vector<std::string> SplitComponents(std::string_view text);

// One that is no key column, or nullptr.
const Column* FirstOtherColumn(const RowArguments& row);

struct RowWriteOptions {
  bool no_row_marker = false;
  std::optional<int64_t> ttl_s;
};
// What writes the row: its cells as an upsert, then its elements. Elements
// alone are an update, which leaves no row marker.
void AddChanges(RowArguments row, const RowWriteOptions& options,
                google::protobuf::RepeatedPtrField<v1::Change>* changes);

// "a..b": the rows from a (included) to b (excluded) behind `prefix`; either
// may be missing. Components are split by commas; "\," is a comma.
//
// a and b are values, so of a column that descends, "a.." are the rows with
// values of at least a, although they come last. There, a > b is understood,
// too: from a (included) down to b (excluded).
absl::StatusOr<v1::Slice> ParseSlice(const Schema& schema,
                                     const v1::Key& prefix,
                                     std::string_view text);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_ROW_ARGUMENTS_H_
