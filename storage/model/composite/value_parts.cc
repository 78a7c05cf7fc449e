// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/value_parts.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "storage/base/coding.h"
#include "storage/model/composite/composite_codec.h"

namespace rowan {
namespace {

using Visit = absl::FunctionRef<bool(size_t, const ColumnType&, ValuePart)>;

constexpr size_t kFloatSize = 4;
constexpr uint32_t kNullLength = 0xffffffff;

bool TakePart(std::string_view* in, ValuePart* part) {
  uint32_t size;
  if (!GetBig(in, &size)) return false;
  if (size == kNullLength) {
    part->reset();
    return true;
  }
  if (size > in->size()) return false;
  *part = in->substr(0, size);
  in->remove_prefix(size);
  return true;
}

bool VisitCollection(const ColumnType& type, std::string_view value,
                     Visit visit) {
  const auto& types = type.arguments->types;
  uint32_t entries;
  if (!GetBig(&value, &entries)) return false;
  // A hostile count ends with the bytes.
  const uint64_t parts = uint64_t{entries} * types.size();
  for (size_t i = 0; i < parts; ++i) {
    ValuePart part;
    if (!TakePart(&value, &part) || !part.has_value() ||
        !visit(i, types[i % types.size()], part)) {
      return false;
    }
  }
  return value.empty();
}

bool VisitFields(const ColumnType& type, std::string_view value,
                 LaterFields later, Visit visit) {
  const auto& types = type.arguments->types;
  // Tuples get no fields.
  const bool skips =
      later == LaterFields::kSkip && type.kind == TypeKind::kUserType;
  const size_t fields = skips ? kTypeFieldsMax : types.size();
  for (size_t i = 0; i < fields && !value.empty(); ++i) {
    ValuePart part;
    if (!TakePart(&value, &part)) return false;
    if (i < types.size() && !visit(i, types[i], part)) return false;
  }
  return value.empty();
}

bool VisitVector(const ColumnType& type, std::string_view value, Visit visit) {
  const size_t dimensions = type.arguments->dimensions;
  if (value.size() != dimensions * kFloatSize) return false;
  for (size_t i = 0; i < dimensions; ++i) {
    const std::string_view part = value.substr(i * kFloatSize, kFloatSize);
    if (!visit(i, type.arguments->types[0], part)) return false;
  }
  return true;
}

// Entries by the key forms of their first parts: equal ones become one, with
// the first's key and the last's value, as in Cassandra.
std::vector<std::pair<size_t, size_t>> SortedEntries(
    const ColumnType& type, const std::vector<std::string>& parts,
    size_t width) {
  struct Entry {
    std::string form;
    size_t first;
  };
  std::vector<Entry> entries;
  for (size_t i = 0; i < parts.size(); i += width) {
    Entry& entry = entries.emplace_back(Entry{{}, i});
    AppendKeyForm(type.arguments->types[0], parts[i], &entry.form);
  }
  std::stable_sort(
      entries.begin(), entries.end(),
      [](const Entry& a, const Entry& b) { return a.form < b.form; });
  std::vector<std::pair<size_t, size_t>> sorted;
  for (size_t i = 0; i < entries.size(); ++i) {
    const size_t value = entries[i].first + width - 1;
    if (i > 0 && entries[i].form == entries[i - 1].form) {
      if (width == 2) sorted.back().second = value;
    } else {
      sorted.emplace_back(entries[i].first, value);
    }
  }
  return sorted;
}

}  // namespace

bool VisitParts(const ColumnType& type, std::string_view value,
                LaterFields later, Visit visit) {
  switch (type.kind) {
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return VisitFields(type, value, later, visit);
    case TypeKind::kVector:
      return VisitVector(type, value, visit);
    default:
      return VisitCollection(type, value, visit);
  }
}

bool VisitShownParts(const ColumnType& type, std::string_view value,
                     size_t* nulls_left, Visit visit) {
  size_t next = 0;
  const bool whole =
      VisitParts(type, value, LaterFields::kSkip,
                 [&](size_t i, const ColumnType& part_type, ValuePart part) {
                   next = i + 1;
                   return visit(i, part_type, part);
                 });
  if (!whole || !HasFields(type.kind)) return whole;
  const auto& types = type.arguments->types;
  for (; next < types.size() && *nulls_left > 0; ++next, --*nulls_left) {
    if (!visit(next, types[next], std::nullopt)) return false;
  }
  return true;
}

void AppendPart(ValuePart part, std::string* out) {
  PutBig(part ? static_cast<uint32_t>(part->size()) : kNullLength, out);
  if (part) out->append(*part);
}

std::string JoinParts(const ColumnType& type,
                      const std::vector<std::string>& parts) {
  const size_t width = type.arguments->types.size();
  std::string value;
  if (type.kind == TypeKind::kList) {
    PutBig(static_cast<uint32_t>(parts.size()), &value);
    for (const std::string& part : parts) AppendPart(part, &value);
    return value;
  }
  const auto entries = SortedEntries(type, parts, width);
  PutBig(static_cast<uint32_t>(entries.size()), &value);
  for (const auto& [first, second] : entries) {
    AppendPart(parts[first], &value);
    if (width == 2) AppendPart(parts[second], &value);
  }
  return value;
}

}  // namespace rowan
