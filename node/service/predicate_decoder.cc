// SPDX-License-Identifier: Apache-2.0
#include "node/service/predicate_decoder.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/service/limits.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

std::optional<PredicateOp> OpOf(v1::Operator op) {
  switch (op) {
    case v1::OPERATOR_EQUAL:
      return PredicateOp::kEqual;
    case v1::OPERATOR_NOT_EQUAL:
      return PredicateOp::kNotEqual;
    case v1::OPERATOR_LESS:
      return PredicateOp::kLess;
    case v1::OPERATOR_LESS_OR_EQUAL:
      return PredicateOp::kLessOrEqual;
    case v1::OPERATOR_GREATER:
      return PredicateOp::kGreater;
    case v1::OPERATOR_GREATER_OR_EQUAL:
      return PredicateOp::kGreaterOrEqual;
    case v1::OPERATOR_IN:
      return PredicateOp::kIn;
    case v1::OPERATOR_CONTAINS:
      return PredicateOp::kContains;
    case v1::OPERATOR_CONTAINS_KEY:
      return PredicateOp::kContainsKey;
    case v1::OPERATOR_IS_NULL:
      return PredicateOp::kIsNull;
    case v1::OPERATOR_IS_NOT_NULL:
      return PredicateOp::kIsNotNull;
    default:
      return std::nullopt;
  }
}

// The operands in Cassandra's serialisation; views into the request or `kept`.
class Operands {
 public:
  absl::Status Add(const Column& column, const ColumnType& type,
                   const v1::Value& value) {
    if (value.has_null_value()) {
      return BadRequest("NULL_OPERAND",
                        "a comparison with null; ask IS_NULL or IS_NOT_NULL");
    }
    absl::StatusOr<std::string_view> operand =
        EncodeValue(type, value, [this](std::string made) -> std::string_view {
          return kept_.emplace_back(std::move(made));
        });
    if (!operand.ok()) return Prefixed(operand.status(), column.name);
    bytes_.push_back(*operand);
    return absl::OkStatus();
  }

  absl::Status AddList(const Column& column, const ColumnType& type,
                       const v1::Value& list) {
    if (!list.has_list_value()) {
      return BadRequest("WRONG_TYPE", "IN takes a list_value");
    }
    const auto& values = list.list_value().values();
    if (values.size() > kInListMax) {
      return OverLimit(absl::StatusCode::kInvalidArgument,
                       "number of values of an IN list",
                       static_cast<uint64_t>(values.size()), kInListMax);
    }
    for (int i = 0; i < values.size(); ++i) {
      absl::Status status = Add(column, type, values[i]);
      if (!status.ok()) {
        return InField(std::move(status), "list_value.values", i);
      }
    }
    return absl::OkStatus();
  }

  const std::vector<std::string_view>& bytes() const { return bytes_; }

 private:
  std::deque<std::string> kept_;
  std::vector<std::string_view> bytes_;
};

}  // namespace

absl::StatusOr<Predicate> DecodePredicate(const Schema& schema,
                                          const v1::Predicate& predicate) {
  ASSIGN_OR_RETURN(
      const Column* column,
      FindOneColumn(schema, predicate.column(), predicate.column_id()));
  const std::optional<PredicateOp> op = OpOf(predicate.op());
  if (!op.has_value()) {
    return InField(BadRequest("BAD_OPERATOR", "expected an operator"), "op");
  }
  absl::StatusOr<const ColumnType*> type = OperandType(column->type, *op);
  if (!type.ok()) {
    return InField(
        WithReason(Prefixed(type.status(), column->name), "BAD_OPERATOR"),
        "op");
  }
  Operands operands;
  absl::Status status;
  if (*op == PredicateOp::kIn) {
    status = operands.AddList(*column, **type, predicate.value());
  } else if (*type != nullptr) {
    status = operands.Add(*column, **type, predicate.value());
  } else if (predicate.has_value()) {
    status = BadRequest("BAD_OPERATOR", "the operator takes no value");
  }
  if (!status.ok()) return InField(std::move(status), "value");
  return Predicate::Make(*column, *op, operands.bytes());
}

}  // namespace rowan
