// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_VALUE_PARTS_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_VALUE_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Composite values in Cassandra's serialisation (native protocol v3 and later),
// all numbers big-endian:
//   list, set  i32 count; per element i32 length, bytes
//   map        i32 count; per entry i32 length, bytes of key and of value
//   tuple, user type  per field i32 length (-1 null), bytes; fields at the end
//              may be missing and are null then
//   vector     the elements, 4 bytes each

// An element, key, value or field; nullopt is null.
using ValuePart = std::optional<std::string_view>;

// What to make of a user type's fields behind the last that the type has. What
// a client writes has none; what is stored may have them for a reader that
// began before the type got them.
enum class LaterFields : uint8_t { kRefuse, kSkip };

// Calls visit(i, type of the part, part) for every part that is there, in
// order; a map's keys have even i. Nullopt comes in tuples and user types only.
// False when `value` is not put together as `type` says, or `visit` answered
// false, which ends the walk. Looks at no part's bytes; allocates nothing.
bool VisitParts(
    const ColumnType& type, std::string_view value, LaterFields later,
    absl::FunctionRef<bool(size_t, const ColumnType&, ValuePart)> visit);

// Others have elements, keys and values, of which none is null.
inline bool HasFields(TypeKind kind) {
  return kind == TypeKind::kTuple || kind == TypeKind::kUserType;
}

// Nulls that stand for missing fields in what is shown of one value, or of one
// row: 4 bytes may stand for 256 of them. Those beyond are left out.
inline constexpr size_t kShownNullsMax = 65'536;

// As VisitParts with LaterFields::kSkip; then calls visit(i, its type, nullopt)
// for the fields that `value` doesn't have, and takes them off *nulls_left, as
// long as there are any left.
bool VisitShownParts(
    const ColumnType& type, std::string_view value, size_t* nulls_left,
    absl::FunctionRef<bool(size_t, const ColumnType&, ValuePart)> visit);

void AppendPart(ValuePart part, std::string* out);

// The value of a list, set or map. Of a set's elements and a map's entries
// (keys and values alternate) given in any order: sorted as the type says, of
// equal keys the last value. REQUIRES: parts are values of their types.
std::string JoinParts(const ColumnType& type,
                      const std::vector<std::string>& parts);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_VALUE_PARTS_H_
