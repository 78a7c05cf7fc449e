// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/big_integer.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

namespace rowan {
namespace {

// Readers of JSON refuse numbers that a double can't hold, from 2^1024 on.
constexpr size_t kJsonBytesMax = 128;

class Varint final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    return IsShortest(value)
               ? absl::OkStatus()
               : ExpectedError("two's complement in its shortest form");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    std::string value;
    if (!IntegerFromDigits(text, &value)) {
      return ExpectedError("a whole number");
    }
    return value;
  }
  std::string Format(std::string_view value) const override {
    return IntegerToDigits(value);
  }
  bool IsBareInJson(std::string_view value) const override {
    return value.size() <= kJsonBytesMax;
  }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendInteger(value, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeInteger(in, value);
  }
};

}  // namespace

const TypeCodec& VarintCodec() {
  static constexpr Varint codec;
  return codec;
}

}  // namespace rowan
