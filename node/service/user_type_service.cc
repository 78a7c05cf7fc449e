// SPDX-License-Identifier: Apache-2.0
#include "node/service/user_type_service.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/service/in_queue.h"
#include "node/service/wire/data_type.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_bytes.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

constexpr uint32_t kListMax = 1000;
constexpr uint32_t kTypesDefault = 100;

using Fields = google::protobuf::RepeatedPtrField<v1::UserType::Field>;

absl::StatusOr<ColumnType> DecodeFieldType(
    const v1::UserType::Field& field, std::span<const ColumnType> user_types) {
  if (field.has_type() == !field.cql_type().empty()) {
    return InField(BadRequest("BAD_TYPE", "expected one of type and cql_type"),
                   "type");
  }
  absl::StatusOr<ColumnType> type =
      field.has_type() ? DecodeDataType(field.type(), user_types)
                       : TypeFromName(field.cql_type(), user_types);
  if (type.ok()) return type;
  return InField(WithReason(type.status(), "BAD_TYPE"),
                 field.has_type() ? "type" : "cql_type");
}

absl::Status AddFields(const Fields& fields, std::string_view name_of_fields,
                       std::span<const ColumnType> user_types,
                       TypeArguments* arguments) {
  const size_t count =
      arguments->types.size() + static_cast<size_t>(fields.size());
  if (count > kTypeFieldsMax) {
    return InField(OverLimit(absl::StatusCode::kInvalidArgument,
                             "number of fields", count, kTypeFieldsMax),
                   name_of_fields);
  }
  for (int i = 0; i < fields.size(); ++i) {
    absl::StatusOr<ColumnType> type = DecodeFieldType(fields[i], user_types);
    if (!type.ok()) return InField(type.status(), name_of_fields, i);
    arguments->types.push_back(*std::move(type));
    arguments->field_names.push_back(fields[i].name());
  }
  return absl::OkStatus();
}

absl::StatusOr<ColumnType> DecodeUserType(
    const v1::UserType& in, std::span<const ColumnType> user_types) {
  auto arguments = std::make_shared<TypeArguments>();
  arguments->keyspace = in.keyspace();
  arguments->name = in.name();
  RETURN_IF_ERROR(
      AddFields(in.fields(), "fields", user_types, arguments.get()));
  ColumnType type{TypeKind::kUserType, false, std::move(arguments)};
  RETURN_IF_ERROR(WithReason(CheckType(type), "BAD_TYPE"));
  return type;
}

// UserType.fingerprint.
uint64_t Fingerprint(const ColumnType& type) {
  std::string bytes;
  PutType(type, &bytes);
  return std::max<uint64_t>(XXH3_64bits(bytes.data(), bytes.size()), 1);
}

void EncodeUserType(const ColumnType& type, v1::UserType* out) {
  const TypeArguments& arguments = *type.arguments;
  out->set_keyspace(arguments.keyspace);
  out->set_name(arguments.name);
  for (size_t i = 0; i < arguments.types.size(); ++i) {
    v1::UserType::Field* field = out->add_fields();
    field->set_name(arguments.field_names[i]);
    EncodeDataType(arguments.types[i], field->mutable_type());
    field->set_cql_type(TypeName(arguments.types[i]));
  }
  out->set_fingerprint(Fingerprint(type));
}

absl::Status CheckFingerprint(uint64_t asked, const TypeArguments& type) {
  const uint64_t present = Fingerprint(
      {TypeKind::kUserType, false, std::make_shared<TypeArguments>(type)});
  if (asked == 0 || asked == present) return absl::OkStatus();
  absl::Status status = RequestError(
      absl::StatusCode::kFailedPrecondition, "TYPE_CHANGED",
      "the type was changed meanwhile; read it again with GetType");
  return InField(
      WithMetadata(std::move(status), "fingerprint", std::to_string(present)),
      "fingerprint");
}

// What went wrong with a change.
absl::Status TypeError(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return WithReason(status, "BAD_TYPE");
    case absl::StatusCode::kNotFound:
      return InField(WithReason(status, "NOT_FOUND"), "name");
    default:
      return DiskError(status);
  }
}

absl::Status Rename(const v1::AlterTypeRequest& request,
                    TypeArguments* arguments) {
  // Found before any is changed: two may swap their names.
  const std::vector<std::string> before = arguments->field_names;
  std::set<std::string_view> renamed;
  for (int i = 0; i < request.rename_fields_size(); ++i) {
    const auto& rename = request.rename_fields(i);
    const auto found = std::find(before.begin(), before.end(), rename.from());
    if (found == before.end()) {
      return InField(BadRequest("UNKNOWN_FIELD", "the type has no such field"),
                     "rename_fields", i);
    }
    if (!renamed.insert(rename.from()).second) {
      return InField(BadRequest("FIELD_TWICE", "a field is renamed twice"),
                     "rename_fields", i);
    }
    arguments->field_names[static_cast<size_t>(found - before.begin())] =
        rename.to();
  }
  return absl::OkStatus();
}

}  // namespace

void UserTypeService::CreateType(
    UnaryCall<v1::CreateTypeRequest, v1::CreateTypeResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::CreateTypeRequest& request = call->request();
    absl::StatusOr<ColumnType> type = DecodeUserType(
        request.type(),
        coordinator_->catalogue()->TypesIn(request.type().keyspace()));
    if (!type.ok()) return call->Finish(InField(type.status(), "type"));
    const auto change =
        coordinator_->schemas().CreateType(*type, request.if_not_exists());
    if (!change.ok()) {
      return call->Finish(InField(TypeError(change.status()), "type"));
    }
    EncodeUserType(change->type, call->response()->mutable_type());
    call->response()->set_created(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void UserTypeService::GetType(
    UnaryCall<v1::GetTypeRequest, v1::UserType>* call) {
  const v1::GetTypeRequest& request = call->request();
  const auto catalogue = coordinator_->catalogue();
  const ColumnType* type =
      catalogue->FindType(request.keyspace(), request.name());
  if (type == nullptr) {
    return call->Finish(
        InField(RequestError(absl::StatusCode::kNotFound, "NOT_FOUND",
                             "the keyspace has no user type of that name"),
                "name"));
  }
  EncodeUserType(*type, call->response());
  call->Finish(absl::OkStatus());
}

void UserTypeService::ListTypes(
    UnaryCall<v1::ListTypesRequest, v1::ListTypesResponse>* call) {
  const v1::ListTypesRequest& request = call->request();
  const auto catalogue = coordinator_->catalogue();
  if (!request.keyspace().empty() &&
      !catalogue->HasKeyspace(request.keyspace())) {
    return call->Finish(
        InField(RequestError(absl::StatusCode::kNotFound, "UNKNOWN_KEYSPACE",
                             "the keyspace doesn't exist"),
                "keyspace"));
  }
  const std::string prefix =
      request.keyspace().empty() ? "" : request.keyspace() + ".";
  const uint32_t page = request.page_size() == 0
                            ? kTypesDefault
                            : std::min(request.page_size(), kListMax);
  const auto& types = catalogue->types();
  auto type = request.page_token() < prefix
                  ? types.lower_bound(prefix)
                  : types.upper_bound(request.page_token());
  for (; type != types.end() && type->first.starts_with(prefix); ++type) {
    if (static_cast<uint32_t>(call->response()->types_size()) == page) {
      call->response()->set_next_page_token(std::prev(type)->first);
      break;
    }
    EncodeUserType(type->second, call->response()->add_types());
  }
  call->Finish(absl::OkStatus());
}

void UserTypeService::AlterType(
    UnaryCall<v1::AlterTypeRequest, v1::AlterTypeResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::AlterTypeRequest& request = call->request();
    if (request.add_fields().empty() && request.rename_fields().empty()) {
      return call->Finish(
          BadRequest("EMPTY_CHANGE", "the request changes nothing"));
    }
    const auto change = coordinator_->schemas().AlterType(
        request.keyspace(), request.name(),
        [&](TypeArguments* arguments) -> absl::Status {
          RETURN_IF_ERROR(CheckFingerprint(request.fingerprint(), *arguments));
          RETURN_IF_ERROR(Rename(request, arguments));
          // Read while no other change runs.
          return AddFields(
              request.add_fields(), "add_fields",
              coordinator_->catalogue()->TypesIn(request.keyspace()),
              arguments);
        });
    if (!change.ok()) return call->Finish(TypeError(change.status()));
    EncodeUserType(change->type, call->response()->mutable_type());
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void UserTypeService::DropType(
    UnaryCall<v1::DropTypeRequest, v1::DropTypeResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::DropTypeRequest& request = call->request();
    const auto change = coordinator_->schemas().DropType(
        request.keyspace(), request.name(), request.if_exists());
    if (!change.ok()) return call->Finish(TypeError(change.status()));
    call->response()->set_dropped(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

}  // namespace rowan
