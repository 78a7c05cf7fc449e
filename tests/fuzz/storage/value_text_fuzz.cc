// SPDX-License-Identifier: Apache-2.0
// The literal of a value: the CQL name of a type (sized), then the text.

#include "storage/base/check.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/value.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"

namespace rowan {
namespace {

void Run(std::string_view input) {
  FuzzInput in(input);
  const auto type = TypeFromName(in.TakeSized());
  if (!type.ok()) return;
  const auto value = ParseValue(*type, in.Rest());
  if (!value.ok()) return;
  ROWAN_CHECK(CheckValue(*type, *value).ok());
  const auto again = ParseValue(*type, FormatValue(*type, *value));
  ROWAN_CHECK(again.ok() && *again == *value);
}

std::string Seed(const std::string& type, const std::string& literal) {
  return std::string{static_cast<char>(type.size()), '\0'} + type + literal;
}

std::vector<std::string> Seeds() {
  return {Seed("timestamp", "2026-01-02 03:04:05.678+0130"),
          Seed("date", "-5877641-06-23"),
          Seed("time", "21:42:00.000000001"),
          Seed("duration", "P1Y2M3W4DT5H6M7S"),
          Seed("duration", "-1y2mo3w4d5h6m7s8ms9us1ns"),
          Seed("decimal", "1.5e-10"),
          Seed("float", "-Infinity"),
          Seed("uuid", "123e4567-e89b-12d3-a456-426614174000"),
          Seed("blob", "0x0aFF"),
          Seed("inet", "::ffff:1.2.3.4"),
          Seed("map<text, frozen<list<int>>>", "{'a''b': [1, 2], 'c': []}"),
          Seed("tuple<boolean, text>", " ( true , null ) ")};
}

}  // namespace

const FuzzTarget kValueTextFuzz{"value_text", Run, Seeds};

}  // namespace rowan
