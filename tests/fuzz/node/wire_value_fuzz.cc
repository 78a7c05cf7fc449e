// SPDX-License-Identifier: Apache-2.0
// A value in a message: bytes of the type (sized), then of a Value; both also
// as what is stored.

#include <deque>

#include "node/service/wire/missing_fields.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/check.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_bytes.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

absl::StatusOr<std::string> Encoded(const ColumnType& type,
                                    const v1::Value& value) {
  std::deque<std::string> kept;
  const auto bytes = EncodeValue(type, value, [&kept](std::string built) {
    kept.push_back(std::move(built));
    return std::string_view(kept.back());
  });
  if (!bytes.ok()) return bytes.status();
  return std::string(*bytes);
}

// What is stored comes out as a message, with all fields, that means the same.
void RoundTrip(const ColumnType& type, std::string_view stored) {
  v1::Value value;
  const absl::Status decoded = DecodeValue(type, stored, &value);
  if (!decoded.ok()) {
    ROWAN_CHECK(!CheckValue(type, stored).ok());
    return;
  }
  size_t nulls_left = kShownNullsMax;
  ShowMissingFields(type, &nulls_left, &value);
  const auto again = Encoded(type, value);
  if (!CheckValue(type, stored).ok()) return;
  ROWAN_CHECK(again.ok());
  ROWAN_CHECK(FormatValue(type, *again) == FormatValue(type, stored));
}

void Run(std::string_view input) {
  FuzzInput in(input);
  std::string_view type_bytes = in.TakeSized();
  ColumnType type;
  if (!GetType(&type_bytes, &type) || !CheckType(type).ok()) return;
  if (type.kind == TypeKind::kCounter) return;
  const std::string_view bytes = in.Rest();
  RoundTrip(type, bytes);
  v1::Value value;
  if (!value.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return;
  }
  const auto stored = Encoded(type, value);
  if (!stored.ok()) return;
  ROWAN_CHECK(CheckValue(type, *stored).ok());
  ROWAN_CHECK(NormalForm(type, *stored) == *stored);
  RoundTrip(type, *stored);
}

std::string Seed(const std::string& name, const std::string& literal) {
  const ColumnType type = TypeFromName(name).value();
  std::string type_bytes;
  PutType(type, &type_bytes);
  std::string seed{static_cast<char>(type_bytes.size()), '\0'};
  v1::Value value;
  ROWAN_CHECK(
      DecodeValue(type, ParseValue(type, literal).value(), &value).ok());
  return seed + type_bytes + value.SerializeAsString();
}

std::vector<std::string> Seeds() {
  return {Seed("int", "-1"),
          Seed("text", "it's"),
          Seed("decimal", "-12.50"),
          Seed("uuid", "123e4567-e89b-12d3-a456-426614174000"),
          Seed("duration", "1mo2d3ns"),
          Seed("date", "2026-01-02"),
          Seed("set<frozen<map<text, int>>>", "{{'a': 1}, {}}"),
          Seed("tuple<int, text, tuple<int, duration>>", "(1, null, (2))"),
          Seed("vector<float, 2>", "[1, -0]")};
}

}  // namespace

const FuzzTarget kWireValueFuzz{"wire_value", Run, Seeds};

}  // namespace rowan
