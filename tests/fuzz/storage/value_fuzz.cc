// SPDX-License-Identifier: Apache-2.0
// A value of any type: bytes of the type (sized), then of the value.

#include "storage/base/check.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_bytes.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

// A key form gives back what it was made of, and what it reads is one.
void CheckKeyForms(const ColumnType& type, std::string_view value, bool good) {
  std::string_view in = value;
  std::string read, form, again;
  if (ReadKeyForm(type, &in, &read)) {
    AppendKeyForm(type, read, &form);
    ROWAN_CHECK(form == value.substr(0, value.size() - in.size()));
  }
  if (!good) return;
  form.clear();
  AppendKeyForm(type, value, &form);
  in = form;
  ROWAN_CHECK(ReadKeyForm(type, &in, &read) && in.empty());
  AppendKeyForm(type, read, &again);
  ROWAN_CHECK(again == form);
}

void Run(std::string_view input) {
  FuzzInput in(input);
  const std::string_view type_bytes = in.TakeSized();
  std::string_view rest = type_bytes;
  ColumnType type;
  if (!GetType(&rest, &type) || !CheckType(type).ok()) return;
  std::string type_again;
  PutType(type, &type_again);
  rest = type_again;
  ColumnType same;
  ROWAN_CHECK(GetType(&rest, &same) && rest.empty() && same == type);
  const std::string_view value = in.Rest();
  const bool good = CheckValue(type, value).ok();
  // What may be written may be stored.
  ROWAN_CHECK(!good || CheckForm(type, value, LaterFields::kSkip).ok());
  const std::string text = FormatValue(type, value);
  FormatJsonValue(type, value);
  if (good) {
    const auto parsed = ParseValue(type, text);
    ROWAN_CHECK(parsed.ok());
    // Not the bytes: of the many NaNs one is read.
    ROWAN_CHECK(FormatValue(type, *parsed) == text);
    ROWAN_CHECK(NormalForm(type, *parsed) == *parsed);
    ROWAN_CHECK(CheckValue(type, NormalForm(type, value)).ok());
  }
  if (HasOrder(type) && type.kind != TypeKind::kCounter) {
    CheckKeyForms(type, value, good);
  }
}

std::string Seed(const std::string& name, const std::string& literal) {
  const ColumnType type = TypeFromName(name).value();
  std::string type_bytes;
  PutType(type, &type_bytes);
  std::string seed{static_cast<char>(type_bytes.size() & 0xff),
                   static_cast<char>(type_bytes.size() >> 8)};
  return seed + type_bytes + ParseValue(type, literal).value();
}

std::vector<std::string> Seeds() {
  return {Seed("int", "-1"),
          Seed("text", "it's"),
          Seed("decimal", "-12.50"),
          Seed("varint", "123456789012345678901234567890"),
          Seed("double", "NaN"),
          Seed("timestamp", "2026-01-02T03:04:05.678Z"),
          Seed("timeuuid", "00000000-0000-1000-8000-000000000000"),
          Seed("inet", "2001:db8::1"),
          Seed("duration", "1mo2d3ns"),
          Seed("frozen<map<text, frozen<set<int>>>>", "{'a': {1, 2}}"),
          Seed("tuple<int, text, tuple<int, duration>>", "(1, null, (2))"),
          Seed("vector<float, 2>", "[1, -0]"),
          Seed("list<decimal>", "[1.0, 1.00]")};
}

}  // namespace

const FuzzTarget kValueFuzz{"value", Run, Seeds};

}  // namespace rowan
