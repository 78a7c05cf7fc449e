// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/missing_fields.h"

namespace rowan {
namespace {

using Values = google::protobuf::RepeatedPtrField<v1::Value>;

void ShowInEach(const ColumnType& type, size_t* nulls_left, Values* values) {
  for (v1::Value& value : *values) ShowMissingFields(type, nulls_left, &value);
}

void ShowInFields(const ColumnType& type, size_t* nulls_left, Values* values) {
  const auto& types = type.arguments->types;
  const auto given = static_cast<size_t>(values->size());
  for (size_t i = 0; i < given && i < types.size(); ++i) {
    ShowMissingFields(types[i], nulls_left,
                      values->Mutable(static_cast<int>(i)));
  }
  for (size_t i = given; i < types.size() && *nulls_left > 0; ++i) {
    values->Add()->set_null_value(v1::NULL_VALUE);
    --*nulls_left;
  }
}

}  // namespace

void ShowMissingFields(const ColumnType& type, size_t* nulls_left,
                       v1::Value* value) {
  using Kind = v1::Value::KindCase;
  const Kind kind = value->kind_case();
  if (type.kind == TypeKind::kTuple && kind == Kind::kTupleValue) {
    ShowInFields(type, nulls_left,
                 value->mutable_tuple_value()->mutable_values());
  } else if (type.kind == TypeKind::kUserType && kind == Kind::kUdtValue) {
    ShowInFields(type, nulls_left,
                 value->mutable_udt_value()->mutable_values());
  } else if (type.kind == TypeKind::kList && kind == Kind::kListValue) {
    ShowInEach(type.arguments->types[0], nulls_left,
               value->mutable_list_value()->mutable_values());
  } else if (type.kind == TypeKind::kSet && kind == Kind::kSetValue) {
    ShowInEach(type.arguments->types[0], nulls_left,
               value->mutable_set_value()->mutable_values());
  } else if (type.kind == TypeKind::kMap && kind == Kind::kMapValue) {
    ShowInEach(type.arguments->types[0], nulls_left,
               value->mutable_map_value()->mutable_keys());
    ShowInEach(type.arguments->types[1], nulls_left,
               value->mutable_map_value()->mutable_values());
  }
}

}  // namespace rowan
