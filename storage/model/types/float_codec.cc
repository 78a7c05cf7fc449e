// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "storage/base/coding.h"
#include "storage/model/types/type_codec.h"

// float and double. Order as in Java: -Infinity < ... < -0 < 0 < ... < Infinity
// < NaN, with one NaN.

namespace rowan {
namespace {

template <typename Number, typename Bits>
class Float final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    if (value.size() == sizeof(Number)) return absl::OkStatus();
    return ExpectedError(std::to_string(sizeof(Number)) + " bytes");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    Number number;
    if (!ParseNumber(text, &number)) {
      return ExpectedError(
          "a number in range such as -1.5 or 2e10, NaN, Infinity or -Infinity");
    }
    std::string value;
    PutBig(std::bit_cast<Bits>(number), &value);
    return value;
  }
  std::string Format(std::string_view value) const override {
    const Number number = Load(value);
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
    return std::string(text, end);
  }
  bool IsBareInJson(std::string_view value) const override {
    return std::isfinite(Load(value));
  }
  void AppendKey(std::string_view value, std::string* out) const override {
    const Number number = Load(value);
    const Bits bits = std::isnan(number) ? kNan : LoadBig<Bits>(value.data());
    PutBig(static_cast<Bits>((bits & kSignBit) != 0 ? ~bits : bits | kSignBit),
           out);
  }
  bool ReadKey(std::string_view* in, std::string* value) const override {
    Bits bits;
    if (!GetBig(in, &bits)) return false;
    bits = static_cast<Bits>((bits & kSignBit) != 0 ? bits ^ kSignBit : ~bits);
    if (std::isnan(std::bit_cast<Number>(bits)) && bits != kNan) return false;
    value->clear();
    PutBig(bits, value);
    return true;
  }

 private:
  static constexpr Bits kSignBit = Bits{1} << (8 * sizeof(Bits) - 1);
  static constexpr Bits kNan =
      std::bit_cast<Bits>(std::numeric_limits<Number>::quiet_NaN());

  static Number Load(std::string_view value) {
    return std::bit_cast<Number>(LoadBig<Bits>(value.data()));
  }

  static bool ParseNumber(std::string_view text, Number* number) {
    using Limits = std::numeric_limits<Number>;
    if (text == "NaN") *number = Limits::quiet_NaN();
    if (text == "Infinity") *number = Limits::infinity();
    if (text == "-Infinity") *number = -Limits::infinity();
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return true;
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    // from_chars also knows words; only numbers have a digit or point up front.
    const size_t first = text.starts_with('-') ? 1 : 0;
    if (first == text.size()) return false;
    const char c = text[first];
    if (c != '.' && (c < '0' || c > '9')) return false;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, *number);
    return error == std::errc() && stop == end;
  }
};

}  // namespace

const TypeCodec& FloatCodec() {
  static constexpr Float<float, uint32_t> codec;
  return codec;
}

const TypeCodec& DoubleCodec() {
  static constexpr Float<double, uint64_t> codec;
  return codec;
}

}  // namespace rowan
