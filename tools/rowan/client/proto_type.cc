// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_type.h"

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"

namespace rowan::cli {
namespace {

constexpr char kTypePrefix[] = "COLUMN_TYPE_";
// Stands for a user type's keyspace.
constexpr char kSomeKeyspace[] = "keyspace";

std::string KindText(v1::ColumnType kind) {
  const std::string name = v1::ColumnType_Name(kind);
  if (kind == v1::COLUMN_TYPE_UNSPECIFIED || name.empty()) return "?";
  return absl::AsciiStrToLower(name.substr(sizeof(kTypePrefix) - 1));
}

absl::StatusOr<TypeKind> CompositeKind(v1::ColumnType kind) {
  switch (kind) {
    case v1::COLUMN_TYPE_LIST:
      return TypeKind::kList;
    case v1::COLUMN_TYPE_SET:
      return TypeKind::kSet;
    case v1::COLUMN_TYPE_MAP:
      return TypeKind::kMap;
    case v1::COLUMN_TYPE_TUPLE:
      return TypeKind::kTuple;
    case v1::COLUMN_TYPE_USER:
      return TypeKind::kUserType;
    case v1::COLUMN_TYPE_VECTOR:
      return TypeKind::kVector;
    default:
      return absl::InvalidArgumentError(
          "the node has a type that this rowan "
          "doesn't know");
  }
}

// As deep as the message, which protobuf bounds.
absl::StatusOr<ColumnType> Decode(const v1::DataType& in) {
  if (in.kind() <= v1::COLUMN_TYPE_COUNTER) {
    return TypeFromName(KindText(in.kind()));
  }
  ASSIGN_OR_RETURN(const TypeKind kind, CompositeKind(in.kind()));
  TypeArguments arguments;
  for (const v1::DataType& inner : in.parameters()) {
    ASSIGN_OR_RETURN(arguments.types.emplace_back(), Decode(inner));
  }
  if (kind == TypeKind::kUserType) {
    arguments.keyspace = kSomeKeyspace;
    arguments.name = in.user_type();
    arguments.field_names.assign(in.field_names().begin(),
                                 in.field_names().end());
  }
  arguments.dimensions = static_cast<uint16_t>(in.dimension());
  return ColumnType{kind, in.frozen(),
                    std::make_shared<const TypeArguments>(arguments)};
}

}  // namespace

absl::StatusOr<ColumnType> TypeFromProto(const v1::DataType& type) {
  ASSIGN_OR_RETURN(ColumnType decoded, Decode(type));
  RETURN_IF_ERROR(CheckType(decoded));
  return decoded;
}

absl::StatusOr<ColumnType> TypeOfColumn(const v1::Column& column) {
  if (column.has_data_type()) return TypeFromProto(column.data_type());
  return TypeFromName(KindText(column.type()));
}

std::vector<ColumnType> TypesOfColumns(
    const google::protobuf::RepeatedPtrField<v1::ResultColumn>& columns) {
  std::vector<ColumnType> types;
  for (const v1::ResultColumn& column : columns) {
    types.push_back(TypeFromProto(column.type()).value_or(ColumnType{}));
  }
  return types;
}

std::string TypeText(const v1::Column& column) {
  return column.cql_type().empty() ? KindText(column.type())
                                   : column.cql_type();
}

}  // namespace rowan::cli
