// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/column_values.h"

#include <memory>
#include <optional>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

const ColumnType& Blob() {
  static const ColumnType type{TypeKind::kBlob};
  return type;
}

ColumnType Pair() { return TupleOf({Blob(), Blob()}); }

ColumnType UserTypeOf(int fields) {
  TypeArguments arguments{.keyspace = "model", .name = "u"};
  for (int i = 0; i < fields; ++i) {
    arguments.types.push_back(Blob());
    arguments.field_names.push_back("f" + std::to_string(i));
  }
  return {TypeKind::kUserType, false,
          std::make_shared<const TypeArguments>(std::move(arguments))};
}

ColumnKind Thawed(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kFrozenMap:
      return ColumnKind::kElements;
    case ColumnKind::kFrozenFields:
      return ColumnKind::kFields;
    case ColumnKind::kFrozenSet:
      return ColumnKind::kSet;
    case ColumnKind::kFrozenList:
      return ColumnKind::kList;
    default:
      return kind;
  }
}

// (""), ("a"), ("a", null), ("a", "").
std::string PairBytes(int64_t number) {
  std::string bytes;
  AppendPart(number == 0 ? "" : "a", &bytes);
  if (number == 2) AppendPart(std::nullopt, &bytes);
  if (number == 3) AppendPart("", &bytes);
  return bytes;
}

// ("a", null), ("a", ("")), ("a", ("", null)), ("b"): ascending, but for those
// in the middle, which are equal.
std::string TupleBytes(int number) {
  std::string bytes;
  AppendPart(number == 3 ? "b" : "a", &bytes);
  if (number == 3) return bytes;
  std::string nested;
  AppendPart("", &nested);
  if (number == 2) AppendPart(std::nullopt, &nested);
  AppendPart(number == 0 ? ValuePart() : ValuePart(nested), &bytes);
  return bytes;
}

// The time of a UUID: 60 bits of 100 ns since 1582-10-15.
constexpr int64_t kUuidZeroUs = -12'219'292'800'000'000;
constexpr int kListPathBits = 8;  // below the time
constexpr int64_t kListPathsOfATime = 1 << kListPathBits;
constexpr uint64_t kVariant = uint64_t{1} << 63;
// A timeuuid's last bytes compare as signed ones.
constexpr uint64_t kSigns = 0x0080808080808080;

std::string UuidOf(int64_t list_path) {
  const auto low = static_cast<uint64_t>(list_path & (kListPathsOfATime - 1));
  const int64_t time_us = list_path >> kListPathBits;
  const auto ticks = static_cast<uint64_t>((time_us - kUuidZeroUs) * 10);
  std::string uuid;
  PutBig(
      ticks << 32 | (ticks >> 16 & 0xffff0000) | uint64_t{0x1000} | ticks >> 48,
      &uuid);
  PutBig((kVariant | low) ^ kSigns, &uuid);
  return uuid;
}

// Made once: it is asked for each cell.
const ColumnType& TypeWithPaths(ColumnKind kind) {
  static const ColumnType list = TypeOf(ColumnKind::kList);
  static const ColumnType set = TypeOf(ColumnKind::kSet);
  static const ColumnType map = TypeOf(ColumnKind::kElements);
  if (kind == ColumnKind::kList) return list;
  return kind == ColumnKind::kSet ? set : map;
}

}  // namespace

ColumnType TypeOf(ColumnKind kind, int fields) {
  const ColumnKind thawed = Thawed(kind);
  if (thawed != kind) return Frozen(TypeOf(thawed, fields));
  switch (kind) {
    case ColumnKind::kElements:
      return MapOf(Blob(), Blob());
    case ColumnKind::kFields:
      return UserTypeOf(fields);
    case ColumnKind::kSet:
      return SetOf(Pair());
    case ColumnKind::kList:
      return ListOf(Blob());
    case ColumnKind::kTuple:
      return TupleOf({Blob(), Pair()});
    default:
      return Blob();
  }
}

bool HasElements(ColumnKind kind) {
  return kind == ColumnKind::kElements || kind == ColumnKind::kFields ||
         kind == ColumnKind::kSet || kind == ColumnKind::kList;
}

ValueElements WholeValue(ColumnKind kind, int number, int fields) {
  static const ValueElements kWhole[kShapeValues] = {
      {}, {{0, 1}}, {{0, 1}, {1, 3}}, {{1, 3}, {2, 0}}};
  kind = Thawed(kind);
  if (kind == ColumnKind::kPlain) return {{0, number}};
  if (kind == ColumnKind::kTuple) return {{0, number == 2 ? 1 : number}};
  ValueElements whole = kWhole[number];
  if (kind == ColumnKind::kFields) {
    std::erase_if(whole, [fields](const auto& e) { return e.first >= fields; });
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    if (kind == ColumnKind::kList) whole[i].first = static_cast<int64_t>(i);
    if (kind != ColumnKind::kSet) continue;
    whole[i].second = 0;
    if (whole[i].first == 2) whole[i].first = 3;  // no pair as the one before
  }
  return whole;
}

std::vector<int64_t> OrderOf(ColumnKind kind, const ValueElements& elements) {
  kind = Thawed(kind);
  std::vector<int64_t> order;
  for (const auto& [path, value] : elements) {
    if (kind == ColumnKind::kFields) {
      order.resize(static_cast<size_t>(path), -1);  // nulls come first
    }
    if (kind == ColumnKind::kSet || kind == ColumnKind::kElements) {
      order.push_back(path);
    }
    if (kind != ColumnKind::kSet) order.push_back(value);
  }
  return order;
}

std::string PlainBytes(int value, bool fat) {
  if (value == 3 && fat) return std::string(4000, 'f');
  static constexpr std::string_view kValues[] = {"", "a", "a\xff", "b"};
  return std::string(kValues[value]);
}

std::string WholeBytes(ColumnKind kind, int number, int fields, bool fat) {
  kind = Thawed(kind);
  if (kind == ColumnKind::kPlain) return PlainBytes(number, fat);
  if (kind == ColumnKind::kTuple) return TupleBytes(number);
  const ValueElements whole = WholeValue(kind, number, fields);
  std::string bytes;
  if (kind != ColumnKind::kFields) {
    PutBig(static_cast<uint32_t>(whole.size()), &bytes);
  }
  int64_t next = 0;  // field
  for (const auto& [path, value] : whole) {
    if (kind == ColumnKind::kFields) {
      for (; next < path; ++next) AppendPart(std::nullopt, &bytes);
      ++next;
    } else if (kind != ColumnKind::kList) {
      AppendPart(PathValueBytes(kind, path), &bytes);
    }
    if (kind != ColumnKind::kSet) AppendPart(PlainBytes(value, fat), &bytes);
  }
  return bytes;
}

std::string CellBytes(ColumnKind kind, int value, int fields, bool fat) {
  if (kind == ColumnKind::kSet) return "";
  return HasElements(kind) ? PlainBytes(value, fat)
                           : WholeBytes(kind, value, fields, fat);
}

std::string PathValueBytes(ColumnKind kind, int64_t path) {
  static const std::string kKeys[] = {std::string("\0", 1), "a", "ab", "b"};
  return Thawed(kind) == ColumnKind::kSet ? PairBytes(path)
                                          : kKeys[static_cast<size_t>(path)];
}

std::string PathBytes(ColumnKind kind, int64_t path) {
  std::string bytes;
  if (kind == ColumnKind::kList) {
    AppendPath(TypeWithPaths(kind), UuidOf(path), &bytes);
  } else if (path >= 0 && kind == ColumnKind::kFields) {
    AppendFieldPath(static_cast<size_t>(path), &bytes);
  } else if (path >= 0) {
    AppendPath(TypeWithPaths(kind), PathValueBytes(kind, path), &bytes);
  }
  return bytes;
}

int64_t ListPath(bool front, int64_t timestamp_us, int index, int value) {
  ROWAN_CHECK(index < kListPathsOfATime / kShapeValues);
  return (front ? -timestamp_us : timestamp_us) * kListPathsOfATime +
         index * kShapeValues + value;
}

int64_t ListPathOf(std::string_view path_bytes) {
  std::string uuid;
  ROWAN_CHECK(ReadPath(TypeWithPaths(ColumnKind::kList), path_bytes, &uuid));
  const auto high = LoadBig<uint64_t>(uuid.data());
  const auto low = LoadBig<uint64_t>(uuid.data() + sizeof(high));
  const uint64_t ticks =
      (high & 0xfff) << 48 | (high >> 16 & 0xffff) << 32 | high >> 32;
  return (static_cast<int64_t>(ticks / 10) + kUuidZeroUs) * kListPathsOfATime +
         static_cast<int64_t>((low ^ kSigns) & (kListPathsOfATime - 1));
}

}  // namespace rowan
