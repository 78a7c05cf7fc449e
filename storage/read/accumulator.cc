// SPDX-License-Identifier: Apache-2.0
#include "storage/read/accumulator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/numbers/exact_sum.h"

namespace rowan {
namespace {

// An average of decimals has so many digits more than their sum, as far as a
// scale can say.
constexpr int64_t kAverageDigits = 10;
constexpr int64_t kScaleMax = std::numeric_limits<int32_t>::max();

absl::Status Malformed(const ColumnType& type) {
  const std::string name = TypeName(type);
  return absl::DataLossError(absl::StrCat("a stored value is no ", name));
}

template <typename Int>
std::string BigEndian(Int value) {
  std::string bytes;
  PutBig(value, &bytes);
  return bytes;
}

class Counter final : public Accumulator {
 public:
  absl::Status Add(std::string_view) override {
    ++count_;
    return absl::OkStatus();
  }
  std::optional<std::string> Result() const override {
    return BigEndian(count_);
  }
  void AppendState(std::string* out) const override { PutVarint(count_, out); }
  bool TakeState(std::string_view* in) override {
    return GetVarint(in, &count_);
  }

 private:
  uint64_t count_ = 0;
};

// The smallest or largest value; of equal ones the first.
class Extreme final : public Accumulator {
 public:
  Extreme(ColumnType type, bool largest)
      : type_(std::move(type)), largest_(largest) {}

  absl::Status Add(std::string_view value) override {
    if (value.size() > kExtremeBytesMax) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "a value of ", value.size(),
          " bytes was met; minima and maxima take at most ", kExtremeBytesMax));
    }
    if (!CheckForm(type_, value, LaterFields::kSkip).ok())
      return Malformed(type_);
    key_.clear();
    AppendKeyForm(type_, value, &key_);
    if (!value_.has_value() || (largest_ ? key_ > best_ : key_ < best_)) {
      best_.swap(key_);
      value_ = value;
    }
    return absl::OkStatus();
  }
  std::optional<std::string> Result() const override { return value_; }
  void AppendState(std::string* out) const override {
    out->push_back(value_.has_value() ? '\1' : '\0');
    if (value_.has_value()) PutBytes(*value_, out);
  }
  bool TakeState(std::string_view* in) override {
    if (in->empty()) return false;
    const bool has_value = in->front() == '\1';
    in->remove_prefix(1);
    std::string_view value;
    return !has_value || (GetBytes(in, &value) && Add(value).ok());
  }

 private:
  const ColumnType type_;
  const bool largest_;
  std::optional<std::string> value_;
  std::string best_;  // key form of value_
  std::string key_;
};

// What sums and averages of exact numbers share.
class ExactNumbers : public Accumulator {
 public:
  explicit ExactNumbers(ColumnType type) : type_(std::move(type)) {}

  absl::Status Add(std::string_view value) override {
    if (!CheckForm(type_, value, LaterFields::kSkip).ok())
      return Malformed(type_);
    if (!AddNumber(value)) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the sum has too many digits: more than ",
                       ExactSum::kBytesMax, " bytes"));
    }
    ++count_;
    return absl::OkStatus();
  }
  void AppendState(std::string* out) const override {
    PutVarint(count_, out);
    PutLittle(static_cast<uint32_t>(sum_.scale()), out);
    PutBytes(sum_.unscaled(), out);
  }
  bool TakeState(std::string_view* in) override {
    uint32_t scale;
    std::string_view unscaled;
    // A sum's scale is never below 0: with one it would grow as it is read.
    return GetVarint(in, &count_) && GetLittle(in, &scale) &&
           scale <= (is_decimal() ? kScaleMax : 0) && GetBytes(in, &unscaled) &&
           !unscaled.empty() && sum_.Add(unscaled, static_cast<int32_t>(scale));
  }

 protected:
  bool is_decimal() const { return type_.kind == TypeKind::kDecimal; }
  const ExactSum& sum() const { return sum_; }
  uint64_t count() const { return count_; }
  static std::string Decimal(int64_t scale, const std::string& unscaled) {
    return BigEndian(static_cast<uint32_t>(scale)) + unscaled;
  }

 private:
  bool AddNumber(std::string_view value) {
    if (is_decimal()) {
      const uint32_t scale = LoadBig<uint32_t>(value.data());
      return sum_.Add(value.substr(sizeof(scale)), static_cast<int32_t>(scale));
    }
    if (value.size() > sizeof(int64_t)) return sum_.Add(value, 0);
    uint64_t bits = static_cast<signed char>(value[0]) < 0 ? ~uint64_t{0} : 0;
    for (const char c : value) bits = bits << 8 | static_cast<uint8_t>(c);
    sum_.Add(static_cast<int64_t>(bits));
    return true;
  }

  const ColumnType type_;
  ExactSum sum_;
  uint64_t count_ = 0;
};

class ExactTotal final : public ExactNumbers {
 public:
  using ExactNumbers::ExactNumbers;
  std::optional<std::string> Result() const override {
    return is_decimal() ? Decimal(sum().scale(), sum().unscaled())
                        : sum().unscaled();
  }
};

class ExactAverage final : public ExactNumbers {
 public:
  using ExactNumbers::ExactNumbers;
  std::optional<std::string> Result() const override {
    if (count() == 0) return std::nullopt;
    if (!is_decimal()) {
      return BigEndian(std::bit_cast<uint64_t>(sum().DoubleAverage(count())));
    }
    const int64_t scale =
        std::min(int64_t{sum().scale()} + kAverageDigits, kScaleMax);
    return Decimal(scale,
                   sum().AverageUnscaled(
                       count(), static_cast<uint32_t>(scale - sum().scale())));
  }
};

// Sum or average of floats, with Neumaier's compensation: the error stays that
// of one rounding however many there are, and however pages cut them.
class Floats final : public Accumulator {
 public:
  Floats(ColumnType type, bool average)
      : type_(std::move(type)), average_(average) {}

  absl::Status Add(std::string_view value) override {
    if (!CheckForm(type_, value, LaterFields::kSkip).ok())
      return Malformed(type_);
    const double number =
        type_.kind == TypeKind::kFloat
            ? std::bit_cast<float>(LoadBig<uint32_t>(value.data()))
            : std::bit_cast<double>(LoadBig<uint64_t>(value.data()));
    const double sum = sum_ + number;
    lost_ += std::abs(sum_) >= std::abs(number) ? (sum_ - sum) + number
                                                : (number - sum) + sum_;
    sum_ = sum;
    ++count_;
    return absl::OkStatus();
  }
  std::optional<std::string> Result() const override {
    if (average_ && count_ == 0) return std::nullopt;
    // With an infinity or a NaN in it, what was lost means nothing.
    double result = std::isfinite(sum_) ? sum_ + lost_ : sum_;
    if (average_) result /= static_cast<double>(count_);
    return BigEndian(std::bit_cast<uint64_t>(result));
  }
  void AppendState(std::string* out) const override {
    PutVarint(count_, out);
    PutLittle(std::bit_cast<uint64_t>(sum_), out);
    PutLittle(std::bit_cast<uint64_t>(lost_), out);
  }
  bool TakeState(std::string_view* in) override {
    uint64_t sum, lost;
    if (!GetVarint(in, &count_) || !GetLittle(in, &sum) ||
        !GetLittle(in, &lost)) {
      return false;
    }
    sum_ = std::bit_cast<double>(sum);
    lost_ = std::bit_cast<double>(lost);
    return true;
  }

 private:
  const ColumnType type_;
  const bool average_;
  double sum_ = 0;
  double lost_ = 0;
  uint64_t count_ = 0;
};

enum class Arithmetic { kNone, kInteger, kDecimal, kFloat };

Arithmetic ArithmeticOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInt:
    case TypeKind::kBigint:
    case TypeKind::kCounter:
    case TypeKind::kVarint:
      return Arithmetic::kInteger;
    case TypeKind::kDecimal:
      return Arithmetic::kDecimal;
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return Arithmetic::kFloat;
    default:
      return Arithmetic::kNone;
  }
}

absl::Status Unsuitable(std::string_view wanted, const ColumnType& type) {
  const std::string name = TypeName(type);
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", absl::string_view(wanted.data(), wanted.size()),
                   ", not ", name));
}

}  // namespace

absl::StatusOr<ColumnType> ResultType(AggregateFunction function,
                                      const ColumnType& type) {
  switch (function) {
    case AggregateFunction::kCount:
      return ColumnType{TypeKind::kBigint};
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
      if (HasOrder(type) && !HasCellPerElement(type)) return type;
      return Unsuitable("a column with an order", type);
    case AggregateFunction::kSum:
    case AggregateFunction::kAverage:
      break;
  }
  const bool sum = function == AggregateFunction::kSum;
  switch (ArithmeticOf(type.kind)) {
    case Arithmetic::kNone:
      return Unsuitable("a column of numbers", type);
    case Arithmetic::kInteger:
      return ColumnType{sum ? TypeKind::kVarint : TypeKind::kDouble};
    case Arithmetic::kDecimal:
      return ColumnType{TypeKind::kDecimal};
    case Arithmetic::kFloat:
      return ColumnType{TypeKind::kDouble};
  }
  return absl::InternalError("a function of an unknown kind");
}

std::unique_ptr<Accumulator> MakeAccumulator(AggregateFunction function,
                                             const ColumnType& type) {
  switch (function) {
    case AggregateFunction::kCount:
      return std::make_unique<Counter>();
    case AggregateFunction::kMin:
      return std::make_unique<Extreme>(type, false);
    case AggregateFunction::kMax:
      return std::make_unique<Extreme>(type, true);
    case AggregateFunction::kSum:
    case AggregateFunction::kAverage:
      break;
  }
  const bool average = function == AggregateFunction::kAverage;
  if (ArithmeticOf(type.kind) == Arithmetic::kFloat) {
    return std::make_unique<Floats>(type, average);
  }
  if (average) return std::make_unique<ExactAverage>(type);
  return std::make_unique<ExactTotal>(type);
}

}  // namespace rowan
