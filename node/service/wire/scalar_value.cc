// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/scalar_value.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>
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
using Bytes = absl::StatusOr<std::string_view>;

constexpr uint32_t kDateZero = uint32_t{1} << 31;  // 1970-01-01

// How values of a type travel: the kind of Value, and the way between its
// fields and the stored bytes. `encode` gets that kind, and checks only what
// the bytes no longer show; `decode` is false for bytes that are no value.
struct ScalarForm {
  Kind kind = Kind::KIND_NOT_SET;
  Bytes (*encode)(const ColumnType&, const v1::Value&, KeepBytes) = nullptr;
  bool (*decode)(std::string_view, v1::Value*) = nullptr;
};

template <typename Unsigned>
bool Load(std::string_view bytes, Unsigned* value) {
  return GetBig(&bytes, value) && bytes.empty();
}

template <typename Int>
std::string BigEndian(Int value) {
  std::string bytes;
  PutBig(value, &bytes);
  return bytes;
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

Bytes EncodeText(const ColumnType&, const v1::Value& value, KeepBytes) {
  return std::string_view(value.string_value());
}

bool DecodeText(std::string_view bytes, v1::Value* value) {
  value->set_string_value(bytes.data(), bytes.size());
  return true;
}

Bytes EncodeBlob(const ColumnType&, const v1::Value& value, KeepBytes) {
  return std::string_view(value.bytes_value());
}

bool DecodeBlob(std::string_view bytes, v1::Value* value) {
  value->set_bytes_value(bytes.data(), bytes.size());
  return true;
}

Bytes EncodeBoolean(const ColumnType&, const v1::Value& value, KeepBytes) {
  return value.bool_value() ? std::string_view("\1", 1)
                            : std::string_view("\0", 1);
}

bool DecodeBoolean(std::string_view bytes, v1::Value* value) {
  value->set_bool_value(!bytes.empty() && bytes[0] != 0);
  return bytes.size() == 1;
}

template <typename Int>
Bytes EncodeInt(const ColumnType& type, const v1::Value& value,
                KeepBytes keep) {
  using Limits = std::numeric_limits<Int>;
  const int64_t number = value.int_value();
  if (number < Limits::min() || number > Limits::max()) {
    const std::string name = TypeName(type);
    return BadRequest(
        "OUT_OF_RANGE",
        absl::StrCat("a ", name, " lies in ", int64_t{Limits::min()}, "..",
                     int64_t{Limits::max()}, "; got ", number));
  }
  if constexpr (sizeof(Int) == 1) {
    return keep(std::string(1, static_cast<char>(number)));
  } else {
    return keep(BigEndian(static_cast<std::make_unsigned_t<Int>>(number)));
  }
}

template <typename Int>
bool DecodeInt(std::string_view bytes, v1::Value* value) {
  if (bytes.size() != sizeof(Int)) return false;
  if constexpr (sizeof(Int) == 1) {
    value->set_int_value(static_cast<int8_t>(bytes[0]));
  } else {
    const auto raw = LoadBig<std::make_unsigned_t<Int>>(bytes.data());
    value->set_int_value(static_cast<Int>(raw));
  }
  return true;
}

// Whole numbers of any size end here: comparing and adding up take time by
// their length.
constexpr size_t kNumberBytesMax = 65'535;

Bytes CheckedNumber(std::string_view bytes) {
  bytes = Shortest(bytes);
  if (bytes.size() <= kNumberBytesMax) return bytes;
  return OverLimit(absl::StatusCode::kInvalidArgument, "bytes of a number",
                   bytes.size(), kNumberBytesMax);
}

Bytes EncodeVarint(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  if (value.has_int_value()) {
    return Shortest(keep(BigEndian(static_cast<uint64_t>(value.int_value()))));
  }
  return CheckedNumber(value.varint_value());
}

bool DecodeVarint(std::string_view bytes, v1::Value* value) {
  value->set_varint_value(bytes.data(), bytes.size());
  return !bytes.empty();
}

Bytes EncodeFloat(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  return keep(BigEndian(std::bit_cast<uint32_t>(value.float_value())));
}

bool DecodeFloat(std::string_view bytes, v1::Value* value) {
  uint32_t raw;
  if (!Load(bytes, &raw)) return false;
  value->set_float_value(std::bit_cast<float>(raw));
  return true;
}

Bytes EncodeDouble(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  return keep(BigEndian(std::bit_cast<uint64_t>(value.double_value())));
}

bool DecodeDouble(std::string_view bytes, v1::Value* value) {
  uint64_t raw;
  if (!Load(bytes, &raw)) return false;
  value->set_double_value(std::bit_cast<double>(raw));
  return true;
}

Bytes EncodeDecimal(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  const v1::Decimal& decimal = value.decimal_value();
  if (decimal.unscaled().empty()) {
    return BadRequest("BAD_VALUE", "a decimal's unscaled is 1 byte at least");
  }
  const Bytes unscaled = CheckedNumber(decimal.unscaled());
  if (!unscaled.ok()) return unscaled;
  std::string bytes = BigEndian(static_cast<uint32_t>(decimal.scale()));
  bytes += *unscaled;
  return keep(std::move(bytes));
}

bool DecodeDecimal(std::string_view bytes, v1::Value* value) {
  uint32_t scale;
  if (!GetBig(&bytes, &scale) || bytes.empty()) return false;
  v1::Decimal* decimal = value->mutable_decimal_value();
  decimal->set_scale(static_cast<int32_t>(scale));
  decimal->set_unscaled(bytes.data(), bytes.size());
  return true;
}

Bytes EncodeDate(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  return keep(BigEndian(static_cast<uint32_t>(value.date_value()) + kDateZero));
}

bool DecodeDate(std::string_view bytes, v1::Value* value) {
  uint32_t raw;
  if (!Load(bytes, &raw)) return false;
  value->set_date_value(static_cast<int32_t>(raw - kDateZero));
  return true;
}

Bytes EncodeTime(const ColumnType&, const v1::Value& value, KeepBytes keep) {
  return keep(BigEndian(static_cast<uint64_t>(value.time_value())));
}

bool DecodeTime(std::string_view bytes, v1::Value* value) {
  uint64_t raw;
  if (!Load(bytes, &raw)) return false;
  value->set_time_value(static_cast<int64_t>(raw));
  return true;
}

Bytes EncodeTimestamp(const ColumnType&, const v1::Value& value,
                      KeepBytes keep) {
  return keep(BigEndian(static_cast<uint64_t>(value.timestamp_value())));
}

bool DecodeTimestamp(std::string_view bytes, v1::Value* value) {
  uint64_t raw;
  if (!Load(bytes, &raw)) return false;
  value->set_timestamp_value(static_cast<int64_t>(raw));
  return true;
}

Bytes EncodeDuration(const ColumnType&, const v1::Value& value,
                     KeepBytes keep) {
  std::string bytes;
  PutCassandraVint(value.duration_value().months(), &bytes);
  PutCassandraVint(value.duration_value().days(), &bytes);
  PutCassandraVint(value.duration_value().nanos(), &bytes);
  return keep(std::move(bytes));
}

bool DecodeDuration(std::string_view bytes, v1::Value* value) {
  int64_t months, days, nanos;
  if (!GetCassandraVint(&bytes, &months) || !GetCassandraVint(&bytes, &days) ||
      !GetCassandraVint(&bytes, &nanos) || !bytes.empty()) {
    return false;
  }
  v1::Duration* duration = value->mutable_duration_value();
  duration->set_months(static_cast<int32_t>(months));
  duration->set_days(static_cast<int32_t>(days));
  duration->set_nanos(nanos);
  return true;
}

Bytes EncodeUuid(const ColumnType&, const v1::Value& value, KeepBytes) {
  return std::string_view(value.uuid_value());
}

bool DecodeUuid(std::string_view bytes, v1::Value* value) {
  value->set_uuid_value(bytes.data(), bytes.size());
  return bytes.size() == 16;
}

Bytes EncodeInet(const ColumnType&, const v1::Value& value, KeepBytes) {
  return std::string_view(value.inet_value());
}

bool DecodeInet(std::string_view bytes, v1::Value* value) {
  value->set_inet_value(bytes.data(), bytes.size());
  return bytes.size() == 4 || bytes.size() == 16;
}

ScalarForm FormOf(TypeKind type) {
  switch (type) {
    case TypeKind::kAscii:
    case TypeKind::kText:
      return {Kind::kStringValue, EncodeText, DecodeText};
    case TypeKind::kBlob:
      return {Kind::kBytesValue, EncodeBlob, DecodeBlob};
    case TypeKind::kBoolean:
      return {Kind::kBoolValue, EncodeBoolean, DecodeBoolean};
    case TypeKind::kTinyint:
      return {Kind::kIntValue, EncodeInt<int8_t>, DecodeInt<int8_t>};
    case TypeKind::kSmallint:
      return {Kind::kIntValue, EncodeInt<int16_t>, DecodeInt<int16_t>};
    case TypeKind::kInt:
      return {Kind::kIntValue, EncodeInt<int32_t>, DecodeInt<int32_t>};
    case TypeKind::kBigint:
    case TypeKind::kCounter:
      return {Kind::kIntValue, EncodeInt<int64_t>, DecodeInt<int64_t>};
    case TypeKind::kVarint:
      return {Kind::kVarintValue, EncodeVarint, DecodeVarint};
    case TypeKind::kFloat:
      return {Kind::kFloatValue, EncodeFloat, DecodeFloat};
    case TypeKind::kDouble:
      return {Kind::kDoubleValue, EncodeDouble, DecodeDouble};
    case TypeKind::kDecimal:
      return {Kind::kDecimalValue, EncodeDecimal, DecodeDecimal};
    case TypeKind::kDate:
      return {Kind::kDateValue, EncodeDate, DecodeDate};
    case TypeKind::kTime:
      return {Kind::kTimeValue, EncodeTime, DecodeTime};
    case TypeKind::kTimestamp:
      return {Kind::kTimestampValue, EncodeTimestamp, DecodeTimestamp};
    case TypeKind::kDuration:
      return {Kind::kDurationValue, EncodeDuration, DecodeDuration};
    case TypeKind::kUuid:
    case TypeKind::kTimeuuid:
      return {Kind::kUuidValue, EncodeUuid, DecodeUuid};
    case TypeKind::kInet:
      return {Kind::kInetValue, EncodeInet, DecodeInet};
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  return {};
}

std::string KindName(Kind kind) {
  if (kind == Kind::KIND_NOT_SET) return "no value";
  return v1::Value::descriptor()
      ->FindFieldByNumber(static_cast<int>(kind))
      ->name();
}

}  // namespace

absl::Status WrongKind(const ColumnType& type, Kind expected,
                       const v1::Value& value) {
  const std::string name = TypeName(type);
  return BadRequest("WRONG_TYPE", absl::StrCat("a ", name, " column takes ",
                                               KindName(expected), ", not ",
                                               KindName(value.kind_case())));
}

absl::StatusOr<std::string_view> EncodeScalar(const ColumnType& type,
                                              const v1::Value& value,
                                              KeepBytes keep) {
  const ScalarForm form = FormOf(type.kind);
  const bool varint_from_int =
      type.kind == TypeKind::kVarint && value.has_int_value();
  if (value.kind_case() != form.kind && !varint_from_int) {
    return WrongKind(type, form.kind, value);
  }
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   form.encode(type, value, keep));
  RETURN_IF_ERROR(WithReason(CheckValue(type, bytes), "BAD_VALUE"));
  return bytes;
}

absl::Status DecodeScalar(const ColumnType& type, std::string_view bytes,
                          v1::Value* value) {
  if (FormOf(type.kind).decode(bytes, value)) return absl::OkStatus();
  const std::string name = TypeName(type);
  return absl::DataLossError(
      absl::StrCat("a stored ", name, " has a wrong length"));
}

}  // namespace rowan
