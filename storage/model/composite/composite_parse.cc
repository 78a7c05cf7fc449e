// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/literal.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
// What ends a name or a bare scalar.
constexpr std::string_view kMarks = " \t\r\n,:'()[]{}";

// As many as it takes to the last that isn't null.
using Fields = std::vector<std::optional<std::string>>;

std::string JoinFields(const Fields& fields) {
  std::string value;
  for (const auto& field : fields) AppendPart(field, &value);
  return value;
}

// Reads one literal; as deep as the type, whatever the text.
class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::string> Parse(const ColumnType& type) {
    ASSIGN_OR_RETURN(std::string value, ParseComposite(type));
    if (!Rest().empty()) return Error("the end");
    return value;
  }

 private:
  absl::StatusOr<std::string> ParsePart(const ColumnType& type) {
    return IsComposite(type.kind) ? ParseComposite(type) : ParseScalar(type);
  }

  absl::StatusOr<std::string> ParseComposite(const ColumnType& type) {
    switch (type.kind) {
      case TypeKind::kTuple:
        return ParseTuple(type);
      case TypeKind::kUserType:
        return ParseUserType(type);
      case TypeKind::kVector:
        return ParseVector(type);
      default:
        return ParseCollection(type);
    }
  }

  absl::StatusOr<std::string> ParseCollection(const ColumnType& type) {
    const auto& types = type.arguments->types;
    std::vector<std::string> parts;
    RETURN_IF_ERROR(ParseEach(type.kind, [&]() -> absl::Status {
      for (size_t i = 0; i < types.size(); ++i) {
        if (i > 0 && !Take(':')) return Error("':'");
        ASSIGN_OR_RETURN(parts.emplace_back(), ParsePart(types[i]));
      }
      return absl::OkStatus();
    }));
    return JoinParts(type, parts);
  }

  absl::StatusOr<std::string> ParseVector(const ColumnType& type) {
    const size_t dimensions = type.arguments->dimensions;
    const size_t size = dimensions * sizeof(float);
    const size_t start = at_;
    std::string value;
    RETURN_IF_ERROR(ParseEach(type.kind, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const std::string part,
                       ParsePart(type.arguments->types[0]));
      value += part;
      return absl::OkStatus();
    }));
    if (value.size() == size) return value;
    at_ = start;
    return Error(std::to_string(dimensions) + " numbers");
  }

  absl::StatusOr<std::string> ParseTuple(const ColumnType& type) {
    const auto& types = type.arguments->types;
    Fields fields;
    size_t i = 0;
    RETURN_IF_ERROR(ParseEach(type.kind, [&]() -> absl::Status {
      if (i == types.size()) {
        return Error("at most " + std::to_string(i) + " fields");
      }
      const size_t field = i++;
      return ParseField(types[field], field, &fields);
    }));
    return JoinFields(fields);
  }

  // Fields in any order, those that are not named null.
  absl::StatusOr<std::string> ParseUserType(const ColumnType& type) {
    const auto& names = type.arguments->field_names;
    Fields fields;
    std::vector<bool> named(names.size());
    RETURN_IF_ERROR(ParseEach(type.kind, [&]() -> absl::Status {
      const std::string_view rest = Rest();
      const std::string_view name = rest.substr(0, rest.find_first_of(kMarks));
      const auto found = std::find(names.begin(), names.end(), name);
      const auto i = static_cast<size_t>(found - names.begin());
      if (found == names.end() || named[i]) {
        return Error("the name of a field of '" + type.arguments->name +
                     "', each once");
      }
      at_ += name.size();
      if (!Take(':')) return Error("':'");
      named[i] = true;
      return ParseField(type.arguments->types[i], i, &fields);
    }));
    return JoinFields(fields);
  }

  // A field, null or not, which none was before.
  absl::Status ParseField(const ColumnType& type, size_t i, Fields* fields) {
    const std::string_view rest = Rest();
    if (rest.substr(0, rest.find_first_of(kMarks)) == kNull) {
      at_ += kNull.size();
      return absl::OkStatus();
    }
    if (i >= fields->size()) fields->resize(i + 1);
    ASSIGN_OR_RETURN((*fields)[i], ParsePart(type));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ParseScalar(const ColumnType& type) {
    const std::string_view rest = Rest();
    const size_t start = at_;
    std::string text;
    if (!IsQuoted(type.kind)) {
      text = rest.substr(0, rest.find_first_of(kMarks));
      at_ += text.size();
    } else if (!TakeQuoted(&text)) {
      return Error("text in single quotes");
    }
    absl::StatusOr<std::string> value = CodecOf(type.kind).Parse(text);
    if (value.ok()) return value;
    at_ = start;
    return Annotate(value.status(), Where());
  }

  bool TakeQuoted(std::string* text) {
    if (!Take(kQuote)) return false;
    for (;;) {
      const size_t quote = text_.find(kQuote, at_);
      if (quote == std::string_view::npos) return false;
      text->append(text_.substr(at_, quote - at_));
      at_ = quote + 1;
      if (!text_.substr(at_).starts_with(kQuote)) return true;
      text->push_back(kQuote);
      ++at_;
    }
  }

  // Parts between the kind's brackets, with commas between them.
  absl::Status ParseEach(TypeKind kind,
                         absl::FunctionRef<absl::Status()> parse) {
    const auto [open, close] = BracketsOf(kind);
    if (!Take(open)) return Error({kQuote, open, kQuote});
    if (Take(close)) return absl::OkStatus();
    do {
      Rest();
      RETURN_IF_ERROR(parse());
    } while (Take(','));
    if (Take(close)) return absl::OkStatus();
    return Error(std::string("',' or '") + close + kQuote);
  }

  // What follows the blanks at the cursor.
  std::string_view Rest() {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    return text_.substr(at_);
  }

  bool Take(char c) {
    if (!Rest().starts_with(c)) return false;
    ++at_;
    return true;
  }

  std::string Where() const { return "at " + std::to_string(at_ + 1); }
  absl::Status Error(const std::string& expected) const {
    return Annotate(ExpectedError(expected), Where());
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<std::string> ParseComposite(const ColumnType& type,
                                           std::string_view text) {
  return LiteralParser(text).Parse(type);
}

}  // namespace rowan
