// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/data_type.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Both sides number types alike; the API has counters before the composite
// ones.
constexpr int kCompositeShift = 1;
static_assert(static_cast<int>(TypeKind::kAscii) == v1::COLUMN_TYPE_ASCII);
static_assert(static_cast<int>(TypeKind::kTimestamp) ==
              v1::COLUMN_TYPE_TIMESTAMP);
static_assert(static_cast<int>(TypeKind::kInet) == v1::COLUMN_TYPE_INET);
static_assert(static_cast<int>(TypeKind::kList) + kCompositeShift ==
              v1::COLUMN_TYPE_LIST);
static_assert(static_cast<int>(TypeKind::kVector) + kCompositeShift ==
              v1::COLUMN_TYPE_VECTOR);

absl::Status BadType(std::string_view message) {
  return BadRequest("BAD_TYPE", message);
}

class TypeDecoder {
 public:
  explicit TypeDecoder(std::span<const ColumnType> user_types)
      : user_types_(user_types) {}

  absl::StatusOr<ColumnType> Decode(const v1::DataType& in, size_t depth) {
    if (in.kind() >= v1::COLUMN_TYPE_ASCII &&
        in.kind() <= v1::COLUMN_TYPE_COUNTER) {
      return DecodeScalar(in);
    }
    if (in.kind() < v1::COLUMN_TYPE_LIST ||
        in.kind() > v1::COLUMN_TYPE_VECTOR) {
      return InField(BadType("expected a type with parameters, or a scalar"),
                     "kind");
    }
    if (depth > kTypeDepthMax) {
      return BadType(absl::StrCat("types stand at most ", kTypeDepthMax,
                                  " inside each other"));
    }
    const auto kind = static_cast<TypeKind>(in.kind() - kCompositeShift);
    if (kind == TypeKind::kUserType) return FindUserType(in, depth);
    return DecodeComposite(kind, in, depth);
  }

 private:
  static absl::StatusOr<ColumnType> DecodeScalar(const v1::DataType& in) {
    if (in.frozen() || in.parameters_size() > 0 || in.dimension() != 0 ||
        !in.user_type().empty()) {
      return BadType("a scalar type has neither `frozen` nor parameters");
    }
    if (in.kind() == v1::COLUMN_TYPE_COUNTER) {
      return ColumnType{TypeKind::kCounter};
    }
    return ColumnType{static_cast<TypeKind>(in.kind())};
  }

  absl::StatusOr<ColumnType> DecodeComposite(TypeKind kind,
                                             const v1::DataType& in,
                                             size_t depth) {
    const auto count = static_cast<size_t>(in.parameters_size());
    if (count > kTypeFieldsMax) {
      return InField(OverLimit(absl::StatusCode::kInvalidArgument,
                               "number of parameters", count, kTypeFieldsMax),
                     "parameters");
    }
    if (in.dimension() > kVectorDimensionsMax) {
      return InField(
          OverLimit(absl::StatusCode::kInvalidArgument, "vector dimension",
                    in.dimension(), kVectorDimensionsMax),
          "dimension");
    }
    TypeArguments arguments;
    arguments.dimensions = static_cast<uint16_t>(in.dimension());
    for (int i = 0; i < in.parameters_size(); ++i) {
      absl::StatusOr<ColumnType> inner = Decode(in.parameters(i), depth + 1);
      if (!inner.ok()) return InField(inner.status(), "parameters", i);
      arguments.types.push_back(*std::move(inner));
    }
    const bool always = kind == TypeKind::kTuple || kind == TypeKind::kVector;
    return ColumnType{
        kind, in.frozen() && !always,
        std::make_shared<const TypeArguments>(std::move(arguments))};
  }

  // By name; fields, which answers carry, are those of the type or left out.
  absl::StatusOr<ColumnType> FindUserType(const v1::DataType& in,
                                          size_t depth) {
    const auto found = std::find_if(
        user_types_.begin(), user_types_.end(), [&in](const ColumnType& type) {
          return type.arguments->name == in.user_type();
        });
    if (found == user_types_.end()) {
      return InField(BadType("the keyspace has no user type of that name"),
                     "user_type");
    }
    if (in.parameters_size() > 0 || in.field_names_size() > 0) {
      ASSIGN_OR_RETURN(const ColumnType given,
                       DecodeComposite(TypeKind::kUserType, in, depth));
      if (given.arguments->types != found->arguments->types ||
          !std::equal(in.field_names().begin(), in.field_names().end(),
                      found->arguments->field_names.begin(),
                      found->arguments->field_names.end())) {
        return InField(BadType("the user type has other fields"), "parameters");
      }
    }
    return in.frozen() ? Frozen(*found) : *found;
  }

  const std::span<const ColumnType> user_types_;
};

}  // namespace

v1::ColumnType EncodeTypeKind(TypeKind kind) {
  if (kind == TypeKind::kCounter) return v1::COLUMN_TYPE_COUNTER;
  const int shift = IsComposite(kind) ? kCompositeShift : 0;
  return static_cast<v1::ColumnType>(static_cast<int>(kind) + shift);
}

void EncodeDataType(const ColumnType& type, v1::DataType* out) {
  out->set_kind(EncodeTypeKind(type.kind));
  out->set_frozen(type.frozen);
  if (type.arguments == nullptr) return;
  for (const ColumnType& inner : type.arguments->types) {
    EncodeDataType(inner, out->add_parameters());
  }
  out->set_dimension(type.arguments->dimensions);
  out->set_user_type(type.arguments->name);
  for (const std::string& name : type.arguments->field_names) {
    out->add_field_names(name);
  }
}

absl::StatusOr<ColumnType> DecodeDataType(
    const v1::DataType& type, std::span<const ColumnType> user_types) {
  ASSIGN_OR_RETURN(ColumnType decoded, TypeDecoder(user_types).Decode(type, 1));
  RETURN_IF_ERROR(WithReason(CheckType(decoded), "BAD_TYPE"));
  return decoded;
}

}  // namespace rowan
