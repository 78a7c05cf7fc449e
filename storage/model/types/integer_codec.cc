// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

// boolean, tinyint, smallint, int and bigint.

namespace rowan {
namespace {

template <typename Int>
class Integer final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    if (value.size() == sizeof(Int)) return absl::OkStatus();
    return ExpectedError(std::to_string(sizeof(Int)) + " bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    if (plus) text.remove_prefix(1);
    Int number;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) {
      using Limits = std::numeric_limits<Int>;
      return ExpectedError("a whole number from " +
                           std::to_string(Limits::min()) + " to " +
                           std::to_string(Limits::max()));
    }
    return Store(number);
  }
  std::string Format(std::string_view value) const override {
    return std::to_string(Load(value));
  }
  bool IsBareInJson(std::string_view) const override { return true; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendFixed(value, Sign::kSigned, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeFixed(in, sizeof(Int), Sign::kSigned, value);
  }

 private:
  static std::string Store(Int number) {
    std::string value(sizeof(Int), '\0');
    auto rest = static_cast<uint64_t>(number);
    for (size_t i = value.size(); i > 0; --i, rest >>= 8) {
      value[i - 1] = static_cast<char>(rest);
    }
    return value;
  }
  static Int Load(std::string_view value) {
    uint64_t bits = 0;
    for (char c : value) bits = bits << 8 | static_cast<uint8_t>(c);
    return static_cast<Int>(bits);
  }
};

class Boolean final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    const bool ok = value.size() == 1 && (value[0] == 0 || value[0] == 1);
    return ok ? absl::OkStatus() : ExpectedError("one byte, 0 or 1");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    if (EqualsIgnoringCase(text, "true")) return std::string(1, '\1');
    if (EqualsIgnoringCase(text, "false")) return std::string(1, '\0');
    return ExpectedError("true or false");
  }
  std::string Format(std::string_view value) const override {
    return value[0] == 0 ? "false" : "true";
  }
  bool IsBareInJson(std::string_view) const override { return true; }
  void AppendKey(std::string_view value, std::string* out) const override {
    AppendFixed(value, Sign::kUnsigned, out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    return TakeFixed(in, 1, Sign::kUnsigned, value) && Check(*value).ok();
  }

 private:
  static bool EqualsIgnoringCase(std::string_view text,
                                 std::string_view lower_case) {
    if (text.size() != lower_case.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      if ((text[i] | 0x20) != lower_case[i]) return false;
    }
    return true;
  }
};

}  // namespace

const TypeCodec& BooleanCodec() {
  static constexpr Boolean codec;
  return codec;
}

const TypeCodec& TinyintCodec() {
  static constexpr Integer<int8_t> codec;
  return codec;
}

const TypeCodec& SmallintCodec() {
  static constexpr Integer<int16_t> codec;
  return codec;
}

const TypeCodec& IntCodec() {
  static constexpr Integer<int32_t> codec;
  return codec;
}

const TypeCodec& BigintCodec() {
  static constexpr Integer<int64_t> codec;
  return codec;
}

}  // namespace rowan
