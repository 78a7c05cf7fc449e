// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/codec_of_type.h"

#include "storage/base/check.h"

namespace rowan {

const TypeCodec& CodecOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::kAscii:
      return AsciiCodec();
    case TypeKind::kText:
      return TextCodec();
    case TypeKind::kBlob:
      return BlobCodec();
    case TypeKind::kBoolean:
      return BooleanCodec();
    case TypeKind::kTinyint:
      return TinyintCodec();
    case TypeKind::kSmallint:
      return SmallintCodec();
    case TypeKind::kInt:
      return IntCodec();
    case TypeKind::kBigint:
    case TypeKind::kCounter:
      return BigintCodec();
    case TypeKind::kVarint:
      return VarintCodec();
    case TypeKind::kFloat:
      return FloatCodec();
    case TypeKind::kDouble:
      return DoubleCodec();
    case TypeKind::kDecimal:
      return DecimalCodec();
    case TypeKind::kDate:
      return DateCodec();
    case TypeKind::kTime:
      return TimeCodec();
    case TypeKind::kTimestamp:
      return TimestampCodec();
    case TypeKind::kDuration:
      return DurationCodec();
    case TypeKind::kUuid:
      return UuidCodec();
    case TypeKind::kTimeuuid:
      return TimeuuidCodec();
    case TypeKind::kInet:
      return InetCodec();
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kUserType:
    case TypeKind::kVector:
      break;
  }
  CheckFailed(__FILE__, __LINE__, "a scalar type of a valid schema");
}

}  // namespace rowan
