// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/value_codec.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/wire/cassandra_vint.h"
#include "node/service/wire/request_error.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

using Kind = v1::Value::KindCase;

constexpr uint32_t kDateZero = uint32_t{1} << 31;  // 1970-01-01

// Which kind of Value a column type takes.
Kind KindOf(TypeKind type) {
  switch (type) {
    case TypeKind::kAscii:
    case TypeKind::kText:
      return Kind::kStringValue;
    case TypeKind::kBlob:
      return Kind::kBytesValue;
    case TypeKind::kBoolean:
      return Kind::kBoolValue;
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
      return Kind::kIntValue;
    case TypeKind::kVarint:
      return Kind::kVarintValue;
    case TypeKind::kFloat:
      return Kind::kFloatValue;
    case TypeKind::kDouble:
      return Kind::kDoubleValue;
    case TypeKind::kDecimal:
      return Kind::kDecimalValue;
    case TypeKind::kDate:
      return Kind::kDateValue;
    case TypeKind::kTime:
      return Kind::kTimeValue;
    case TypeKind::kTimestamp:
      return Kind::kTimestampValue;
    case TypeKind::kDuration:
      return Kind::kDurationValue;
    case TypeKind::kUuid:
    case TypeKind::kTimeuuid:
      return Kind::kUuidValue;
    case TypeKind::kInet:
      return Kind::kInetValue;
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  return Kind::KIND_NOT_SET;
}

std::string KindName(Kind kind) {
  if (kind == Kind::KIND_NOT_SET) return "no value";
  return v1::Value::descriptor()
      ->FindFieldByNumber(static_cast<int>(kind))
      ->name();
}

// The API has no form for composite types.
absl::Status NotCarried(const ColumnType& type) {
  const std::string name = TypeName(type);
  return absl::UnimplementedError(
      absl::StrCat("values of type ", name, " can't be sent or received"));
}

absl::Status WrongKind(const ColumnType& type, Kind got) {
  if (IsComposite(type.kind)) return NotCarried(type);
  const std::string name = TypeName(type);
  return BadRequest("WRONG_TYPE", absl::StrCat("a ", name, " column takes ",
                                               KindName(KindOf(type.kind)),
                                               ", not ", KindName(got)));
}

template <typename Int>
std::string BigEndian(Int value) {
  std::string bytes;
  PutBig(value, &bytes);
  return bytes;
}

template <typename Int>
absl::StatusOr<std::string_view> EncodeInt(const ColumnType& type,
                                           int64_t value, KeepBytes keep) {
  using Limits = std::numeric_limits<Int>;
  if (value < Limits::min() || value > Limits::max()) {
    const std::string name = TypeName(type);
    return BadRequest(
        "OUT_OF_RANGE",
        absl::StrCat("a ", name, " lies in ", int64_t{Limits::min()}, "..",
                     int64_t{Limits::max()}, "; got ", value));
  }
  using Unsigned = std::make_unsigned_t<Int>;
  if constexpr (sizeof(Int) == 1) {
    return keep(std::string(1, static_cast<char>(value)));
  } else {
    return keep(BigEndian(static_cast<Unsigned>(value)));
  }
}

// Two's complement without bytes that only repeat the sign.
std::string_view Shortest(std::string_view bytes) {
  while (bytes.size() > 1) {
    const bool negative = (bytes[1] & 0x80) != 0;
    if (bytes[0] != (negative ? '\xff' : '\0')) break;
    bytes.remove_prefix(1);
  }
  return bytes;
}

absl::StatusOr<std::string_view> EncodeDecimal(const v1::Decimal& value,
                                               KeepBytes keep) {
  if (value.unscaled().empty()) {
    return BadRequest("BAD_VALUE", "a decimal's unscaled is 1 byte at least");
  }
  std::string bytes = BigEndian(static_cast<uint32_t>(value.scale()));
  bytes += Shortest(value.unscaled());
  return keep(std::move(bytes));
}

std::string EncodeDuration(const v1::Duration& value) {
  std::string bytes;
  PutCassandraVint(value.months(), &bytes);
  PutCassandraVint(value.days(), &bytes);
  PutCassandraVint(value.nanos(), &bytes);
  return bytes;
}

absl::StatusOr<std::string_view> EncodeKnownKind(const ColumnType& type,
                                                 const v1::Value& value,
                                                 KeepBytes keep) {
  switch (type.kind) {
    case TypeKind::kAscii:
    case TypeKind::kText:
      return std::string_view(value.string_value());
    case TypeKind::kBlob:
      return std::string_view(value.bytes_value());
    case TypeKind::kBoolean:
      return value.bool_value() ? std::string_view("\1", 1)
                                : std::string_view("\0", 1);
    case TypeKind::kTinyint:
      return EncodeInt<int8_t>(type, value.int_value(), keep);
    case TypeKind::kSmallint:
      return EncodeInt<int16_t>(type, value.int_value(), keep);
    case TypeKind::kInt:
      return EncodeInt<int32_t>(type, value.int_value(), keep);
    case TypeKind::kBigint:
      return EncodeInt<int64_t>(type, value.int_value(), keep);
    case TypeKind::kVarint:
      if (value.kind_case() == Kind::kIntValue) {
        return Shortest(
            keep(BigEndian(static_cast<uint64_t>(value.int_value()))));
      }
      return Shortest(value.varint_value());
    case TypeKind::kFloat:
      return keep(BigEndian(std::bit_cast<uint32_t>(value.float_value())));
    case TypeKind::kDouble:
      return keep(BigEndian(std::bit_cast<uint64_t>(value.double_value())));
    case TypeKind::kDecimal:
      return EncodeDecimal(value.decimal_value(), keep);
    case TypeKind::kDate:
      return keep(
          BigEndian(static_cast<uint32_t>(value.date_value()) + kDateZero));
    case TypeKind::kTime:
      return keep(BigEndian(static_cast<uint64_t>(value.time_value())));
    case TypeKind::kTimestamp:
      return keep(BigEndian(static_cast<uint64_t>(value.timestamp_value())));
    case TypeKind::kDuration:
      return keep(EncodeDuration(value.duration_value()));
    case TypeKind::kUuid:
    case TypeKind::kTimeuuid:
      return std::string_view(value.uuid_value());
    case TypeKind::kInet:
      return std::string_view(value.inet_value());
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      return NotCarried(type);
  }
  return absl::InternalError("a column of an unknown type");
}

absl::Status Malformed(const ColumnType& type) {
  if (IsComposite(type.kind)) return NotCarried(type);
  const std::string name = TypeName(type);
  return absl::DataLossError(
      absl::StrCat("a stored ", name, " has a wrong length"));
}

template <typename Unsigned>
bool Load(std::string_view bytes, Unsigned* value) {
  return GetBig(&bytes, value) && bytes.empty();
}

bool DecodeInt(std::string_view bytes, int64_t* value) {
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;
  switch (bytes.size()) {
    case 1:
      *value = static_cast<int8_t>(bytes[0]);
      return true;
    case 2:
      if (!Load(bytes, &u16)) return false;
      *value = static_cast<int16_t>(u16);
      return true;
    case 4:
      if (!Load(bytes, &u32)) return false;
      *value = static_cast<int32_t>(u32);
      return true;
    case 8:
      if (!Load(bytes, &u64)) return false;
      *value = static_cast<int64_t>(u64);
      return true;
    default:
      return false;
  }
}

bool DecodeDuration(std::string_view bytes, v1::Duration* value) {
  int64_t months, days, nanos;
  if (!GetCassandraVint(&bytes, &months) || !GetCassandraVint(&bytes, &days) ||
      !GetCassandraVint(&bytes, &nanos) || !bytes.empty()) {
    return false;
  }
  value->set_months(static_cast<int32_t>(months));
  value->set_days(static_cast<int32_t>(days));
  value->set_nanos(nanos);
  return true;
}

bool DecodeDecimal(std::string_view bytes, v1::Decimal* value) {
  uint32_t scale;
  if (!GetBig(&bytes, &scale) || bytes.empty()) return false;
  value->set_scale(static_cast<int32_t>(scale));
  value->set_unscaled(bytes.data(), bytes.size());
  return true;
}

// The types whose bytes are numbers.
bool DecodeNumber(TypeKind kind, std::string_view bytes, v1::Value* value) {
  uint32_t u32;
  uint64_t u64;
  int64_t i64;
  switch (kind) {
    case TypeKind::kFloat:
      if (!Load(bytes, &u32)) return false;
      value->set_float_value(std::bit_cast<float>(u32));
      return true;
    case TypeKind::kDouble:
      if (!Load(bytes, &u64)) return false;
      value->set_double_value(std::bit_cast<double>(u64));
      return true;
    case TypeKind::kDate:
      if (!Load(bytes, &u32)) return false;
      value->set_date_value(static_cast<int32_t>(u32 - kDateZero));
      return true;
    case TypeKind::kTime:
      if (!Load(bytes, &u64)) return false;
      value->set_time_value(static_cast<int64_t>(u64));
      return true;
    case TypeKind::kTimestamp:
      if (!Load(bytes, &u64)) return false;
      value->set_timestamp_value(static_cast<int64_t>(u64));
      return true;
    default:
      if (!DecodeInt(bytes, &i64)) return false;
      value->set_int_value(i64);
      return true;
  }
}

bool DecodeKnown(TypeKind kind, std::string_view bytes, v1::Value* value) {
  switch (kind) {
    case TypeKind::kAscii:
    case TypeKind::kText:
      value->set_string_value(bytes.data(), bytes.size());
      return true;
    case TypeKind::kBlob:
      value->set_bytes_value(bytes.data(), bytes.size());
      return true;
    case TypeKind::kBoolean:
      value->set_bool_value(!bytes.empty() && bytes[0] != 0);
      return bytes.size() == 1;
    case TypeKind::kVarint:
      value->set_varint_value(bytes.data(), bytes.size());
      return !bytes.empty();
    case TypeKind::kDecimal:
      return DecodeDecimal(bytes, value->mutable_decimal_value());
    case TypeKind::kDuration:
      return DecodeDuration(bytes, value->mutable_duration_value());
    case TypeKind::kUuid:
    case TypeKind::kTimeuuid:
      value->set_uuid_value(bytes.data(), bytes.size());
      return bytes.size() == 16;
    case TypeKind::kInet:
      value->set_inet_value(bytes.data(), bytes.size());
      return bytes.size() == 4 || bytes.size() == 16;
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      return false;
    default:
      return DecodeNumber(kind, bytes, value);
  }
}

}  // namespace

absl::StatusOr<std::string_view> EncodeValue(const ColumnType& type,
                                             const v1::Value& value,
                                             KeepBytes keep) {
  const Kind kind = value.kind_case();
  const bool varint_from_int =
      type.kind == TypeKind::kVarint && kind == Kind::kIntValue;
  if (kind != KindOf(type.kind) && !varint_from_int) {
    return WrongKind(type, kind);
  }
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   EncodeKnownKind(type, value, keep));
  RETURN_IF_ERROR(WithReason(CheckValue(type, bytes), "BAD_VALUE"));
  return bytes;
}

absl::Status DecodeValue(const ColumnType& type, std::string_view bytes,
                         v1::Value* value) {
  if (!DecodeKnown(type.kind, bytes, value)) return Malformed(type);
  return absl::OkStatus();
}

}  // namespace rowan
