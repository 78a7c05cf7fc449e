// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_TYPE_KIND_H_
#define ROWAN_STORAGE_MODEL_TYPES_TYPE_KIND_H_

#include <cstdint>

namespace rowan {

// Cassandra's types. The numbers are written to files: never renumber.
enum class TypeKind : uint8_t {
  kAscii = 1,
  kText = 2,
  kBlob = 3,
  kBoolean = 4,
  kTinyint = 5,
  kSmallint = 6,
  kInt = 7,
  kBigint = 8,
  kVarint = 9,
  kFloat = 10,
  kDouble = 11,
  kDecimal = 12,
  kDate = 13,       // u32 days, 2^31 = 1970-01-01
  kTime = 14,       // nanoseconds since midnight
  kTimestamp = 15,  // milliseconds since 1970-01-01 UTC
  kDuration = 16,   // months, days, nanoseconds; never part of a key
  kUuid = 17,
  kTimeuuid = 18,
  kInet = 19,
  // Composite: with arguments (storage/model/composite/column_type.h).
  kList = 20,
  kSet = 21,
  kMap = 22,
  kTuple = 23,
  kUserType = 24,
  kVector = 25,
  // A bigint as people see it; a cell for each replica that counts
  // (storage/model/counter.h). Never part of a key or inside another type.
  kCounter = 26,
};

inline bool IsScalar(TypeKind kind) {
  return (kind >= TypeKind::kAscii && kind <= TypeKind::kInet) ||
         kind == TypeKind::kCounter;
}
inline bool IsComposite(TypeKind kind) {
  return kind >= TypeKind::kList && kind <= TypeKind::kVector;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_TYPE_KIND_H_
