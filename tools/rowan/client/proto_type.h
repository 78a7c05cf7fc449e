// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_PROTO_TYPE_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_PROTO_TYPE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "rowan/v1/schema.pb.h"
#include "storage/model/composite/column_type.h"

namespace rowan::cli {

// A type as an answer describes it. It passes CheckType; the keyspace of a user
// type, which answers don't repeat, is not kept. kInvalidArgument for a type
// that this build doesn't know.
absl::StatusOr<ColumnType> TypeFromProto(const v1::DataType& type);

// Of a column of an answer; of a node that knows no types with parameters, too.
absl::StatusOr<ColumnType> TypeOfColumn(const v1::Column& column);

// Of the columns of a page. One whose type the answer doesn't tell, or that
// this build doesn't know, is a blob: its values print as "?".
std::vector<ColumnType> TypesOfColumns(
    const google::protobuf::RepeatedPtrField<v1::ResultColumn>& columns);

// "text", "map<text, frozen<list<int>>>"; "?" for one that this build doesn't
// know.
std::string TypeText(const v1::Column& column);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_PROTO_TYPE_H_
