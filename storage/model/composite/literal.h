// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_LITERAL_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_LITERAL_H_

#include <string_view>

#include "storage/model/types/type_kind.h"

namespace rowan {

// The marks of CQL literals, which are written and read.

inline constexpr char kQuote = '\'';
inline constexpr std::string_view kNull = "null";

struct Brackets {
  char open;
  char close;
};

// REQUIRES: IsComposite(kind).
inline Brackets BracketsOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::kList:
    case TypeKind::kVector:
      return {'[', ']'};
    case TypeKind::kTuple:
      return {'(', ')'};
    default:
      return {'{', '}'};
  }
}

// Whether a scalar's text stands in quotes; otherwise it holds none of the
// marks.
inline bool IsQuoted(TypeKind kind) {
  switch (kind) {
    case TypeKind::kAscii:
    case TypeKind::kText:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kInet:
      return true;
    default:
      return false;
  }
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_LITERAL_H_
