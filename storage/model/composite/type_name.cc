// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/type_name.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"
#include "storage/base/text/edit_distance.h"

namespace rowan {
namespace {

// By TypeKind, which starts at 1. A user type has a name of its own.
constexpr std::string_view kTypeNames[] = {
    "",     "ascii",     "text",     "blob",  "boolean",  "tinyint", "smallint",
    "int",  "bigint",    "varint",   "float", "double",   "decimal", "date",
    "time", "timestamp", "duration", "uuid",  "timeuuid", "inet",    "list",
    "set",  "map",       "tuple",    "",      "vector",   "counter"};

constexpr std::string_view kFrozenWord = "frozen", kVarcharWord = "varchar";

void AppendName(const ColumnType& type, std::string* out) {
  const bool is_composite = IsComposite(type.kind) && type.arguments != nullptr;
  if (!IsScalar(type.kind) && !is_composite) {
    out->append("unknown");
    return;
  }
  if (type.frozen) out->append("frozen<");
  if (type.kind == TypeKind::kUserType) {
    out->append(type.arguments->name);
  } else {
    out->append(kTypeNames[static_cast<size_t>(type.kind)]);
  }
  if (is_composite && type.kind != TypeKind::kUserType) {
    char before = '<';
    for (const ColumnType& inner : type.arguments->types) {
      out->push_back(before);
      if (before == ',') out->push_back(' ');
      AppendName(inner, out);
      before = ',';
    }
    if (type.kind == TypeKind::kVector) {
      out->append(", " + std::to_string(type.arguments->dimensions));
    }
    out->push_back('>');
  }
  if (type.frozen) out->push_back('>');
}

class NameParser {
 public:
  NameParser(std::string_view text, std::span<const ColumnType> user_types)
      : text_(text), user_types_(user_types) {}

  absl::StatusOr<ColumnType> Parse() {
    ASSIGN_OR_RETURN(ColumnType type, ParseType(false, 1));
    if (!Rest().empty()) return Error("the end");
    at_ = 0;
    if (const absl::Status status = CheckType(type); !status.ok()) {
      return Annotate(status, Where());
    }
    return type;
  }

 private:
  // `frozen`: inside a type that is, so that this one is too.
  absl::StatusOr<ColumnType> ParseType(bool frozen, size_t depth) {
    const std::string_view name = TakeWord();
    if (name == kFrozenWord) return ParseFrozen(depth);
    if (name == kVarcharWord) return ColumnType{TypeKind::kText};
    const auto* found =
        std::find(std::begin(kTypeNames), std::end(kTypeNames), name);
    if (name.empty() || found == std::end(kTypeNames)) {
      return FindUserType(name, frozen);
    }
    const auto kind = static_cast<TypeKind>(found - kTypeNames);
    if (IsScalar(kind)) return ColumnType{kind};
    if (depth > kTypeDepthMax) {
      at_ = word_at_;
      return Error("types at most " + std::to_string(kTypeDepthMax) +
                   " inside each other");
    }
    const bool always = kind == TypeKind::kTuple || kind == TypeKind::kVector;
    TypeArguments arguments;
    RETURN_IF_ERROR(ParseArguments(kind, frozen || always, depth, &arguments));
    return ColumnType{
        kind, frozen && !always,
        std::make_shared<const TypeArguments>(std::move(arguments))};
  }

  absl::StatusOr<ColumnType> ParseFrozen(size_t depth) {
    if (!Take('<')) return Error("'<'");
    const bool twice = TakeWord() == "frozen";
    at_ = word_at_;
    const size_t start = at_;
    if (!twice) {
      ASSIGN_OR_RETURN(ColumnType type, ParseType(true, depth));
      if (!Take('>')) return Error("'>'");
      if (IsComposite(type.kind)) return type;
    }
    at_ = start;
    return Error("a collection, tuple or user type in frozen<>");
  }

  absl::Status ParseArguments(TypeKind kind, bool frozen, size_t depth,
                              TypeArguments* arguments) {
    if (!Take('<')) return Error("'<'");
    do {
      if (kind == TypeKind::kVector && arguments->types.size() == 1) {
        RETURN_IF_ERROR(ParseDimensions(arguments));
        break;
      }
      Rest();
      const size_t start = at_;
      ASSIGN_OR_RETURN(ColumnType inner, ParseType(frozen, depth + 1));
      if (HasCellPerElement(inner)) {
        at_ = start;
        return Error("frozen<" + TypeName(inner) + "> inside another type");
      }
      arguments->types.push_back(std::move(inner));
      if (arguments->types.size() > kTypeFieldsMax) return Error("'>'");
    } while (Take(','));
    if (!Take('>')) return Error("',' or '>'");
    return absl::OkStatus();
  }

  absl::Status ParseDimensions(TypeArguments* arguments) {
    const std::string_view word = TakeWord();
    const char* end = word.data() + word.size();
    const auto [stop, error] =
        std::from_chars(word.data(), end, arguments->dimensions);
    if (error == std::errc() && stop == end) return absl::OkStatus();
    at_ = word_at_;
    return Error("a number of dimensions");
  }

  absl::StatusOr<ColumnType> FindUserType(std::string_view name, bool frozen) {
    for (const ColumnType& type : user_types_) {
      if (type.arguments->name != name) continue;
      return frozen ? Frozen(type) : type;
    }
    at_ = word_at_;
    if (name.empty()) return Error("a type");
    return Error("a type; unknown '" + std::string(name.substr(0, 100)) +
                 "', the nearest is '" + std::string(Nearest(name)) + "'");
  }

  std::string_view Nearest(std::string_view name) const {
    name = name.substr(0, kNameLengthMax);
    std::vector<std::string_view> known(std::begin(kTypeNames),
                                        std::end(kTypeNames));
    known.push_back("frozen");
    for (const ColumnType& type : user_types_) {
      known.push_back(type.arguments->name);
    }
    std::erase(known, "");
    return *std::min_element(
        known.begin(), known.end(), [name](const auto& a, const auto& b) {
          return EditDistance(name, a) < EditDistance(name, b);
        });
  }

  // What follows the blanks at the cursor.
  std::string_view Rest() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return text_.substr(at_);
  }

  bool Take(char c) {
    if (!Rest().starts_with(c)) return false;
    ++at_;
    return true;
  }

  std::string_view TakeWord() {
    const std::string_view rest = Rest();
    word_at_ = at_;
    const std::string_view word = rest.substr(0, rest.find_first_of("<>, "));
    at_ += word.size();
    return word;
  }

  std::string Where() const {
    return "type '" + std::string(text_.substr(0, 200)) + "' at " +
           std::to_string(at_ + 1);
  }
  absl::Status Error(const std::string& expected) const {
    return absl::InvalidArgumentError(Where() + ": expected " + expected);
  }

  const std::string_view text_;
  const std::span<const ColumnType> user_types_;
  size_t at_ = 0;
  size_t word_at_ = 0;
};

}  // namespace

bool IsTypeWord(std::string_view word) {
  if (word.empty()) return false;
  return word == kFrozenWord || word == kVarcharWord ||
         std::find(std::begin(kTypeNames), std::end(kTypeNames), word) !=
             std::end(kTypeNames);
}

std::string TypeName(const ColumnType& type) {
  std::string name;
  AppendName(type, &name);
  return name;
}

absl::StatusOr<ColumnType> TypeFromName(
    std::string_view text, std::span<const ColumnType> user_types) {
  return NameParser(text, user_types).Parse();
}

}  // namespace rowan
