// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdint>
#include <limits>

#include "storage/base/coding.h"
#include "storage/model/numbers/big_integer.h"
#include "storage/model/types/key_bytes.h"
#include "storage/model/types/type_codec.h"

// decimal: unscaled * 10^-scale, as i32 scale and shortest two's complement.
// Text as Java's BigDecimal writes it. As keys, equal numbers are one: the
// sign, the exponent and the digits after the point of 0.ddd * 10^exponent.

namespace rowan {
namespace {

constexpr size_t kScaleSize = sizeof(int32_t);
constexpr int64_t kScaleMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kScaleMax = std::numeric_limits<int32_t>::max();
// No scale and no key's worth of digits reach it.
constexpr int64_t kExponentMax = int64_t{1} << 40;

// Readers of JSON refuse numbers that a double can't hold, from 10^309 on.
constexpr int64_t kJsonExponentMax = 308;

constexpr char kKeyNegative = '\x20';
constexpr char kKeyZero = '\x40';
constexpr char kKeyPositive = '\x60';

struct Decimal {
  bool negative = false;
  std::string digits;  // of the unscaled number, at least one
  int64_t scale = 0;
};

Decimal Load(std::string_view value) {
  Decimal decimal;
  decimal.scale = static_cast<int32_t>(LoadBig<uint32_t>(value.data()));
  decimal.digits = IntegerToDigits(value.substr(kScaleSize));
  decimal.negative = decimal.digits[0] == '-';
  if (decimal.negative) decimal.digits.erase(0, 1);
  return decimal;
}

bool Store(const Decimal& decimal, std::string* value) {
  if (decimal.scale < kScaleMin || decimal.scale > kScaleMax) return false;
  std::string unscaled;
  if (!IntegerFromDigits((decimal.negative ? "-" : "") + decimal.digits,
                         &unscaled)) {
    return false;
  }
  value->clear();
  PutBig(static_cast<uint32_t>(static_cast<int32_t>(decimal.scale)), value);
  value->append(unscaled);
  return true;
}

std::string_view TakeDigits(std::string_view* text) {
  const size_t end = text->find_first_not_of("0123456789");
  const std::string_view digits = text->substr(0, end);
  text->remove_prefix(digits.size());
  return digits;
}

// What follows an E, or nothing.
bool ParseExponent(std::string_view text, int64_t* exponent) {
  *exponent = 0;
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *exponent);
  return error == std::errc() && stop == end && *exponent >= -kExponentMax &&
         *exponent <= kExponentMax;
}

bool ParseDecimal(std::string_view text, Decimal* decimal) {
  decimal->negative = text.starts_with('-');
  if (decimal->negative || text.starts_with('+')) text.remove_prefix(1);
  decimal->digits = TakeDigits(&text);
  size_t fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view digits = TakeDigits(&text);
    decimal->digits += digits;
    fraction = digits.size();
  }
  int64_t exponent = 0;
  if (decimal->digits.empty() || !ParseExponent(text, &exponent)) return false;
  decimal->scale = static_cast<int64_t>(fraction) - exponent;
  return true;
}

// Plain up to six zeros after the point, otherwise with an exponent.
std::string FormatDecimal(const Decimal& decimal) {
  std::string text = decimal.digits;
  const auto size = static_cast<int64_t>(text.size());
  const int64_t exponent = size - 1 - decimal.scale;
  if (decimal.scale >= 0 && exponent >= -6) {
    if (decimal.scale >= size) {
      text.insert(0, static_cast<size_t>(decimal.scale - size + 1), '0');
    }
    if (decimal.scale > 0) {
      text.insert(text.size() - static_cast<size_t>(decimal.scale), 1, '.');
    }
  } else {
    if (text.size() > 1) text.insert(1, 1, '.');
    text += exponent < 0 ? "E" : "E+";
    text += std::to_string(exponent);
  }
  return decimal.negative ? "-" + text : text;
}

void AppendExponent(int64_t exponent, std::string* out) {
  std::string bytes;
  PutBig(static_cast<uint64_t>(exponent), &bytes);
  size_t skip = 0;
  while (!IsShortest(std::string_view(bytes).substr(skip))) ++skip;
  AppendInteger(std::string_view(bytes).substr(skip), out);
}

bool TakeExponent(std::string_view* in, int64_t* exponent) {
  std::string bytes;
  if (!TakeInteger(in, &bytes) || bytes.size() > sizeof(int64_t)) return false;
  uint64_t bits = static_cast<signed char>(bytes[0]) < 0 ? ~uint64_t{0} : 0;
  for (char c : bytes) bits = bits << 8 | static_cast<uint8_t>(c);
  *exponent = static_cast<int64_t>(bits);
  return *exponent >= -kExponentMax && *exponent <= kExponentMax;
}

// Two digits a byte, plus one, so that 0 can end them.
void AppendDigitPairs(std::string_view digits, std::string* out) {
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = digits[i] - '0';
    const int low = i + 1 < digits.size() ? digits[i + 1] - '0' : 0;
    out->push_back(static_cast<char>(1 + 10 * high + low));
  }
  out->push_back('\0');
}

// Canonical digits only: no zero in front, none behind.
bool TakeDigitPairs(std::string_view* in, std::string* digits) {
  for (;;) {
    uint8_t byte;
    if (!GetLittle(in, &byte) || byte > 100) return false;
    if (byte == 0) break;
    digits->push_back(static_cast<char>('0' + (byte - 1) / 10));
    digits->push_back(static_cast<char>('0' + (byte - 1) % 10));
  }
  if (digits->size() < 2 || digits->front() == '0') return false;
  if (digits->ends_with("00")) return false;
  if (digits->back() == '0') digits->pop_back();
  return true;
}

// Up to what ends a negative number's inverted form, so that not all that
// follows is copied; 0 when there is none.
size_t NegativeSize(std::string_view in) {
  std::string head(in.substr(0, 1 + sizeof(int64_t)));
  InvertFrom(0, &head);
  std::string_view rest = head;
  int64_t exponent;
  if (!TakeExponent(&rest, &exponent)) return 0;
  const size_t end = in.find('\xff', head.size() - rest.size());
  return end == std::string_view::npos ? 0 : end + 1;
}

// The number with as few digits as its scale can hold.
bool FromExponent(int64_t exponent, Decimal* decimal) {
  decimal->scale = static_cast<int64_t>(decimal->digits.size()) - exponent;
  if (decimal->scale >= kScaleMin) return true;
  const int64_t zeros = kScaleMin - decimal->scale;
  if (zeros > int64_t{1} << 20) return false;  // more than any key had
  decimal->digits.append(static_cast<size_t>(zeros), '0');
  decimal->scale = kScaleMin;
  return true;
}

class DecimalType final : public TypeCodec {
 public:
  absl::Status Check(std::string_view value) const override {
    if (value.size() > kScaleSize && IsShortest(value.substr(kScaleSize))) {
      return absl::OkStatus();
    }
    return ExpectedError(
        "4 bytes of scale and two's complement in its shortest form");
  }
  absl::StatusOr<std::string> Parse(std::string_view text) const override {
    Decimal decimal;
    std::string value;
    if (!ParseDecimal(text, &decimal) || !Store(decimal, &value)) {
      return ExpectedError("a number such as -12.50 or 1E+3");
    }
    return value;
  }
  std::string Format(std::string_view value) const override {
    return FormatDecimal(Load(value));
  }
  bool IsBareInJson(std::string_view value) const override {
    const Decimal decimal = Load(value);
    return static_cast<int64_t>(decimal.digits.size()) - decimal.scale <=
           kJsonExponentMax;
  }

  void AppendKey(std::string_view value, std::string* out) const override {
    const Decimal decimal = Load(value);
    const size_t last = decimal.digits.find_last_not_of('0');
    if (last == std::string::npos) {
      out->push_back(kKeyZero);
      return;
    }
    out->push_back(decimal.negative ? kKeyNegative : kKeyPositive);
    const size_t start = out->size();
    AppendExponent(static_cast<int64_t>(decimal.digits.size()) - decimal.scale,
                   out);
    AppendDigitPairs(std::string_view(decimal.digits).substr(0, last + 1), out);
    if (decimal.negative) InvertFrom(start, out);
  }

  bool ReadKey(std::string_view* in, std::string* value) const override {
    uint8_t sign;
    if (!GetLittle(in, &sign)) return false;
    if (sign == kKeyZero) return Store({.digits = "0"}, value);
    if (sign != kKeyNegative && sign != kKeyPositive) return false;
    Decimal decimal{.negative = sign == kKeyNegative};
    std::string inverted;
    std::string_view body = *in;
    if (decimal.negative) {
      inverted = in->substr(0, NegativeSize(*in));
      InvertFrom(0, &inverted);
      body = inverted;
    }
    int64_t exponent = 0;
    if (!TakeExponent(&body, &exponent) ||
        !TakeDigitPairs(&body, &decimal.digits) ||
        !FromExponent(exponent, &decimal)) {
      return false;
    }
    in->remove_prefix(decimal.negative ? inverted.size() - body.size()
                                       : in->size() - body.size());
    return Store(decimal, value);
  }
};

}  // namespace

const TypeCodec& DecimalCodec() {
  static constexpr DecimalType codec;
  return codec;
}

}  // namespace rowan
