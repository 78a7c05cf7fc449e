// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_scalar.h"

#include <bit>
#include <cstdint>

#include "storage/base/coding.h"

namespace rowan::cli {
namespace {

constexpr uint32_t kEpochDate = 1u << 31;  // 1970-01-01 in a stored date

template <typename Int>
Int FromBig(std::string_view bytes) {
  return LoadBig<Int>(bytes.data());
}

template <typename Int>
std::string ToBig(Int value) {
  std::string bytes;
  PutBig(value, &bytes);
  return bytes;
}

// Cassandra's vint: as many leading ones in the first byte as bytes follow.
uint64_t TakeVint(std::string_view* in) {
  const auto first = static_cast<uint8_t>(in->front());
  const int extra = std::countl_one(first);
  uint64_t value = extra >= 7 ? 0 : first & (0xffu >> (extra + 1));
  for (int i = 1; i <= extra; ++i) {
    value = value << 8 | static_cast<uint8_t>((*in)[i]);
  }
  in->remove_prefix(extra + 1);
  return value;
}

void PutVint(uint64_t value, std::string* out) {
  int extra = 0;
  while (extra < 8 && value >> (7 * (extra + 1)) != 0) ++extra;
  const unsigned ones = 0xff00u >> extra & 0xffu;
  const unsigned top =
      extra == 8 ? 0u : static_cast<unsigned>(value >> (8 * extra));
  out->push_back(static_cast<char>(ones | top));
  for (int i = extra - 1; i >= 0; --i) {
    out->push_back(static_cast<char>(value >> (8 * i)));
  }
}

v1::Duration DurationFromBytes(std::string_view bytes) {
  v1::Duration duration;
  duration.set_months(static_cast<int32_t>(UnZigZag(TakeVint(&bytes))));
  duration.set_days(static_cast<int32_t>(UnZigZag(TakeVint(&bytes))));
  duration.set_nanos(UnZigZag(TakeVint(&bytes)));
  return duration;
}

std::string BytesFromDuration(const v1::Duration& duration) {
  std::string bytes;
  PutVint(ZigZag(duration.months()), &bytes);
  PutVint(ZigZag(duration.days()), &bytes);
  PutVint(ZigZag(duration.nanos()), &bytes);
  return bytes;
}

int64_t IntegerFromBytes(std::string_view bytes) {
  switch (bytes.size()) {
    case 1:
      return static_cast<int8_t>(bytes[0]);
    case 2:
      return static_cast<int16_t>(FromBig<uint16_t>(bytes));
    case 4:
      return static_cast<int32_t>(FromBig<uint32_t>(bytes));
    default:
      return static_cast<int64_t>(FromBig<uint64_t>(bytes));
  }
}

}  // namespace

v1::Value ScalarFromBytes(TypeKind kind, std::string_view bytes) {
  v1::Value value;
  switch (kind) {
    case TypeKind::kAscii:
    case TypeKind::kText:
      value.set_string_value(std::string(bytes));
      break;
    case TypeKind::kBlob:
      value.set_bytes_value(std::string(bytes));
      break;
    case TypeKind::kBoolean:
      value.set_bool_value(bytes[0] != 0);
      break;
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
    case TypeKind::kCounter:
      value.set_int_value(IntegerFromBytes(bytes));
      break;
    case TypeKind::kVarint:
      value.set_varint_value(std::string(bytes));
      break;
    case TypeKind::kFloat:
      value.set_float_value(std::bit_cast<float>(FromBig<uint32_t>(bytes)));
      break;
    case TypeKind::kDouble:
      value.set_double_value(std::bit_cast<double>(FromBig<uint64_t>(bytes)));
      break;
    case TypeKind::kDecimal:
      value.mutable_decimal_value()->set_scale(
          static_cast<int32_t>(FromBig<uint32_t>(bytes)));
      value.mutable_decimal_value()->set_unscaled(std::string(bytes.substr(4)));
      break;
    case TypeKind::kDate:
      value.set_date_value(
          static_cast<int32_t>(FromBig<uint32_t>(bytes) - kEpochDate));
      break;
    case TypeKind::kTime:
      value.set_time_value(IntegerFromBytes(bytes));
      break;
    case TypeKind::kTimestamp:
      value.set_timestamp_value(IntegerFromBytes(bytes));
      break;
    case TypeKind::kDuration:
      *value.mutable_duration_value() = DurationFromBytes(bytes);
      break;
    case TypeKind::kUuid:
    case TypeKind::kTimeuuid:
      value.set_uuid_value(std::string(bytes));
      break;
    case TypeKind::kInet:
      value.set_inet_value(std::string(bytes));
      break;
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  return value;
}

absl::StatusOr<TypedBytes> BytesFromScalar(const v1::Value& value) {
  using Kind = v1::Value::KindCase;
  switch (value.kind_case()) {
    case Kind::kBoolValue:
      return TypedBytes{TypeKind::kBoolean,
                        std::string(1, value.bool_value() ? '\1' : '\0')};
    case Kind::kIntValue:
      return TypedBytes{TypeKind::kBigint,
                        ToBig(static_cast<uint64_t>(value.int_value()))};
    case Kind::kDoubleValue:
      return TypedBytes{TypeKind::kDouble,
                        ToBig(std::bit_cast<uint64_t>(value.double_value()))};
    case Kind::kFloatValue:
      return TypedBytes{TypeKind::kFloat,
                        ToBig(std::bit_cast<uint32_t>(value.float_value()))};
    case Kind::kStringValue:
      return TypedBytes{TypeKind::kText, value.string_value()};
    case Kind::kBytesValue:
      return TypedBytes{TypeKind::kBlob, value.bytes_value()};
    case Kind::kTimestampValue:
      return TypedBytes{TypeKind::kTimestamp,
                        ToBig(static_cast<uint64_t>(value.timestamp_value()))};
    case Kind::kDateValue:
      return TypedBytes{
          TypeKind::kDate,
          ToBig(static_cast<uint32_t>(value.date_value()) + kEpochDate)};
    case Kind::kTimeValue:
      return TypedBytes{TypeKind::kTime,
                        ToBig(static_cast<uint64_t>(value.time_value()))};
    case Kind::kUuidValue:
      return TypedBytes{TypeKind::kUuid, value.uuid_value()};
    case Kind::kInetValue:
      return TypedBytes{TypeKind::kInet, value.inet_value()};
    case Kind::kDecimalValue:
      return TypedBytes{
          TypeKind::kDecimal,
          ToBig(static_cast<uint32_t>(value.decimal_value().scale())) +
              value.decimal_value().unscaled()};
    case Kind::kVarintValue:
      return TypedBytes{TypeKind::kVarint, value.varint_value()};
    case Kind::kDurationValue:
      return TypedBytes{TypeKind::kDuration,
                        BytesFromDuration(value.duration_value())};
    default:
      return absl::InvalidArgumentError("expected a scalar value");
  }
}

}  // namespace rowan::cli
