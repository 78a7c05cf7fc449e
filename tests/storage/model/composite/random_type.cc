// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/model/composite/random_type.h"

#include <algorithm>
#include <utility>

#include "storage/model/types/codec_of_type.h"
#include "storage/model/types/vint.h"
#include "tests/storage/model/composite/composite_order.h"
#include "tests/storage/model/random_value.h"

namespace rowan {
namespace {

ColumnType RandomInner(SimRandom& random, size_t depth, Durations durations) {
  if (depth > 1 && random.Below(2) == 0) {
    return RandomComposite(random, depth - 1, durations);
  }
  for (;;) {
    const auto kind = static_cast<TypeKind>(1 + random.Below(19));
    if (kind != TypeKind::kDuration || durations == Durations::kToo) {
      return {kind};
    }
  }
}

std::string RandomScalar(SimRandom& random, TypeKind kind) {
  if (kind == TypeKind::kDuration) {
    std::string value;
    const int64_t sign = random.Below(2) == 0 ? 1 : -1;
    for (int i = 0; i < 3; ++i) {
      AppendVint(sign * static_cast<int64_t>(random.Below(5000)), &value);
    }
    return value;
  }
  std::string value = RandomValue(random, kind);
  if ((kind == TypeKind::kFloat || kind == TypeKind::kDouble) &&
      CodecOf(kind).Format(value) == "NaN") {
    value = CodecOf(kind).Parse("NaN").value();
  }
  return value;
}

std::string Sized(const std::string& bytes) {
  return BigEndian(bytes.size(), 4) + bytes;
}

// Entries of a list, set or map: each its first part, and all of its bytes.
std::string RandomCollection(SimRandom& random, const ColumnType& type) {
  const auto& types = type.arguments->types;
  std::vector<std::pair<std::string, std::string>> entries(random.Below(4));
  for (auto& [first, bytes] : entries) {
    first = RandomValueOf(random, types[0]);
    bytes = Sized(first);
    if (types.size() == 2) bytes += Sized(RandomValueOf(random, types[1]));
  }
  if (type.kind != TypeKind::kList) {
    const auto order = [&types](const auto& a, const auto& b) {
      return CompareOfType(types[0], a.first, b.first);
    };
    std::sort(
        entries.begin(), entries.end(),
        [&order](const auto& a, const auto& b) { return order(a, b) < 0; });
    entries.erase(std::unique(entries.begin(), entries.end(),
                              [&order](const auto& a, const auto& b) {
                                return order(a, b) == 0;
                              }),
                  entries.end());
  }
  std::string value = BigEndian(entries.size(), 4);
  for (const auto& entry : entries) value += entry.second;
  return value;
}

}  // namespace

ColumnType UserType(std::string name, std::vector<std::string> fields,
                    std::vector<ColumnType> types) {
  return {TypeKind::kUserType, false,
          std::make_shared<const TypeArguments>(
              TypeArguments{.types = std::move(types),
                            .keyspace = "ks",
                            .name = std::move(name),
                            .field_names = std::move(fields)})};
}

ColumnType RandomComposite(SimRandom& random, size_t depth,
                           Durations durations) {
  const auto inner = [&](Durations which) {
    return RandomInner(random, depth, which);
  };
  switch (random.Below(6)) {
    case 0:
      return Frozen(ListOf(inner(durations)));
    case 1:
      return Frozen(SetOf(inner(Durations::kNot)));
    case 2: {
      ColumnType key = inner(Durations::kNot);
      return Frozen(MapOf(std::move(key), inner(durations)));
    }
    case 3:
      return VectorOf(static_cast<uint16_t>(1 + random.Below(4)));
    default:
      break;
  }
  std::vector<ColumnType> types;
  std::vector<std::string> names;
  for (uint64_t i = 1 + random.Below(4); i > 0; --i) {
    types.push_back(inner(durations));
    names.push_back("f" + std::to_string(i));
  }
  if (random.Below(2) == 0) return TupleOf(std::move(types));
  return Frozen(UserType("u" + std::to_string(random.Below(1'000'000)),
                         std::move(names), std::move(types)));
}

std::string RandomValueOf(SimRandom& random, const ColumnType& type) {
  if (IsScalar(type.kind)) return RandomScalar(random, type.kind);
  std::string value;
  switch (type.kind) {
    case TypeKind::kVector:
      for (size_t i = 0; i < type.arguments->dimensions; ++i) {
        value += RandomScalar(random, TypeKind::kFloat);
      }
      return value;
    case TypeKind::kTuple:
    case TypeKind::kUserType: {
      const auto& types = type.arguments->types;
      const size_t size = random.Below(types.size() + 1);
      for (size_t i = 0; i < size; ++i) {
        value += random.Below(4) == 0 ? std::string(4, '\xff')
                                      : Sized(RandomValueOf(random, types[i]));
      }
      return value;
    }
    default:
      return RandomCollection(random, type);
  }
}

}  // namespace rowan
