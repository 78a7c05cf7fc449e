// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/read_arguments.h"

#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/proto_value.h"
#include "tools/rowan/client/row_arguments.h"
#include "tools/rowan/client/table_schema.h"

namespace rowan::cli {
namespace {

struct Operator {
  std::string_view text;
  v1::Operator op;
};

// An operator stands behind all that it begins with.
constexpr auto kOperators = std::to_array<Operator>({
    {"!=", v1::OPERATOR_NOT_EQUAL},
    {"<=", v1::OPERATOR_LESS_OR_EQUAL},
    {">=", v1::OPERATOR_GREATER_OR_EQUAL},
    {"=", v1::OPERATOR_EQUAL},
    {"<", v1::OPERATOR_LESS},
    {">", v1::OPERATOR_GREATER},
    {"in ", v1::OPERATOR_IN},
    {"contains-key ", v1::OPERATOR_CONTAINS_KEY},
    {"contains ", v1::OPERATOR_CONTAINS},
    {"is not null", v1::OPERATOR_IS_NOT_NULL},
    {"is null", v1::OPERATOR_IS_NULL},
});

std::string_view SkipBlanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

std::string_view TakeName(std::string_view* text) {
  size_t size = 0;
  while (size < text->size() &&
         ((*text)[size] == '_' ||
          ((*text)[size] >= 'a' && (*text)[size] <= 'z') ||
          ((*text)[size] >= '0' && (*text)[size] <= '9'))) {
    ++size;
  }
  const std::string_view name = text->substr(0, size);
  text->remove_prefix(size);
  return name;
}

// What the operator's operand is a value of; nullptr where there is none.
const ColumnType* OperandTypeOf(const ColumnType& type, v1::Operator op) {
  if (op != v1::OPERATOR_CONTAINS && op != v1::OPERATOR_CONTAINS_KEY) {
    return &type;
  }
  const bool is_map = type.kind == TypeKind::kMap;
  if (op == v1::OPERATOR_CONTAINS_KEY) {
    return is_map ? &type.arguments->types[0] : nullptr;
  }
  if (is_map) return &type.arguments->types[1];
  const bool has_elements =
      type.kind == TypeKind::kList || type.kind == TypeKind::kSet;
  return has_elements ? &type.arguments->types[0] : nullptr;
}

// "col=null"; false where no value is less or greater than null.
bool AskForNull(v1::Predicate* predicate) {
  if (predicate->op() == v1::OPERATOR_EQUAL) {
    predicate->set_op(v1::OPERATOR_IS_NULL);
    return true;
  }
  if (predicate->op() == v1::OPERATOR_NOT_EQUAL) {
    predicate->set_op(v1::OPERATOR_IS_NOT_NULL);
    return true;
  }
  return false;
}

absl::StatusOr<v1::Value> ParseOperand(const Column& column, v1::Operator op,
                                       std::string_view text) {
  const ColumnType* type = OperandTypeOf(column.type, op);
  if (type == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("column '", column.name, "' has no such elements"));
  }
  v1::Value value;
  if (op != v1::OPERATOR_IN) {
    if (IsQuotedNull(text)) text = text.substr(1, text.size() - 2);
    ASSIGN_OR_RETURN(value, ProtoFromText(*type, text));
    return value;
  }
  for (const std::string& part : SplitComponents(text)) {
    ASSIGN_OR_RETURN(*value.mutable_list_value()->add_values(),
                     ProtoFromText(*type, part));
  }
  return value;
}

}  // namespace

absl::StatusOr<v1::Predicate> ParsePredicate(const Schema& schema,
                                             std::string_view text) {
  std::string_view rest = text;
  const std::string_view name = TakeName(&rest);
  ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, name));
  rest = SkipBlanks(rest);
  for (const Operator& known : kOperators) {
    if (!rest.starts_with(known.text)) continue;
    v1::Predicate predicate;
    predicate.set_column(column->name);
    predicate.set_op(known.op);
    rest = SkipBlanks(rest.substr(known.text.size()));
    const bool unary = known.op == v1::OPERATOR_IS_NULL ||
                       known.op == v1::OPERATOR_IS_NOT_NULL;
    if (unary && !rest.empty()) break;
    if (!unary && rest == kNull) {
      if (!AskForNull(&predicate)) break;
    } else if (!unary) {
      auto value = ParseOperand(*column, known.op, rest);
      if (!value.ok()) {
        return Annotate(value.status(),
                        absl::StrCat("column '", column->name, "'"));
      }
      *predicate.mutable_value() = *std::move(value);
    }
    return predicate;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", std::string(text),
      "': expected COLUMN OP VALUE, with = != < <= > >= in contains "
      "contains-key, or COLUMN is [not] null; null goes with = and != only"));
}

absl::StatusOr<v1::Aggregate> ParseAggregate(const Schema& schema,
                                             std::string_view text) {
  static constexpr std::pair<std::string_view, v1::AggregateFunction>
      kFunctions[] = {{"count", v1::AGGREGATE_FUNCTION_COUNT},
                      {"min", v1::AGGREGATE_FUNCTION_MIN},
                      {"max", v1::AGGREGATE_FUNCTION_MAX},
                      {"sum", v1::AGGREGATE_FUNCTION_SUM},
                      {"avg", v1::AGGREGATE_FUNCTION_AVG}};
  std::string_view rest = text;
  const std::string_view name = TakeName(&rest);
  v1::Aggregate aggregate;
  for (const auto& [known, function] : kFunctions) {
    if (name == known) aggregate.set_function(function);
  }
  if (rest.starts_with('(') && rest.ends_with(')')) {
    rest = rest.substr(1, rest.size() - 2);
    if (rest != "*") {
      ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, rest));
      aggregate.set_column(column->name);
    }
    rest = {};
  }
  const bool counts = aggregate.function() == v1::AGGREGATE_FUNCTION_COUNT;
  if (aggregate.function() == v1::AGGREGATE_FUNCTION_UNSPECIFIED ||
      !rest.empty() || (aggregate.column().empty() && !counts)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", std::string(text),
        "': expected count, count(COLUMN), min(COLUMN), max(COLUMN), "
        "sum(COLUMN) or avg(COLUMN)"));
  }
  return aggregate;
}

}  // namespace rowan::cli
