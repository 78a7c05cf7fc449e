// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/literal.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/types/json_quote.h"

// Literals and JSON: the same walk with other marks.

namespace rowan {
namespace {

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back(kQuote);
  for (;;) {
    const size_t quote = text.find(kQuote);
    out->append(text.substr(0, quote));
    out->push_back(kQuote);
    if (quote == std::string_view::npos) return;
    out->push_back(kQuote);
    text.remove_prefix(quote + 1);
  }
}

void AppendLiteral(const ColumnType& type, ValuePart value, size_t* nulls_left,
                   std::string* out);

void AppendCompositeLiteral(const ColumnType& type, std::string_view value,
                            size_t* nulls_left, std::string* out) {
  const Brackets brackets = BracketsOf(type.kind);
  out->push_back(brackets.open);
  VisitShownParts(type, value, nulls_left,
                  [&](size_t i, const ColumnType& part_type, ValuePart part) {
                    const bool is_value =
                        type.kind == TypeKind::kMap && i % 2 == 1;
                    if (i > 0) out->append(is_value ? ": " : ", ");
                    if (type.kind == TypeKind::kUserType) {
                      out->append(type.arguments->field_names[i] + ": ");
                    }
                    AppendLiteral(part_type, part, nulls_left, out);
                    return true;
                  });
  out->push_back(brackets.close);
}

void AppendLiteral(const ColumnType& type, ValuePart value, size_t* nulls_left,
                   std::string* out) {
  if (!value) {
    out->append(kNull);
  } else if (IsComposite(type.kind)) {
    AppendCompositeLiteral(type, *value, nulls_left, out);
  } else if (IsQuoted(type.kind)) {
    AppendQuoted(CodecOf(type.kind).Format(*value), out);
  } else {
    out->append(CodecOf(type.kind).Format(*value));
  }
}

void AppendJson(const ColumnType& type, ValuePart value, size_t* nulls_left,
                std::string* out);

void AppendJsonKey(const ColumnType& type, std::string_view value,
                   size_t* nulls_left, std::string* out) {
  std::string text;
  if (IsComposite(type.kind)) {
    AppendCompositeLiteral(type, value, nulls_left, &text);
  } else {
    text = CodecOf(type.kind).Format(value);
  }
  out->append(JsonQuote(text));
}

void AppendCompositeJson(const ColumnType& type, std::string_view value,
                         size_t* nulls_left, std::string* out) {
  const bool is_map = type.kind == TypeKind::kMap;
  const bool is_user_type = type.kind == TypeKind::kUserType;
  const bool is_object = is_map || is_user_type;
  out->push_back(is_object ? '{' : '[');
  VisitShownParts(
      type, value, nulls_left,
      [&](size_t i, const ColumnType& part_type, ValuePart part) {
        const bool is_value = is_map && i % 2 == 1;
        if (i > 0) out->append(is_value ? ": " : ", ");
        if (is_user_type) {
          out->append(JsonQuote(type.arguments->field_names[i]) + ": ");
        }
        if (is_map && !is_value) {
          AppendJsonKey(part_type, *part, nulls_left, out);
        } else {
          AppendJson(part_type, part, nulls_left, out);
        }
        return true;
      });
  out->push_back(is_object ? '}' : ']');
}

void AppendJson(const ColumnType& type, ValuePart value, size_t* nulls_left,
                std::string* out) {
  if (!value) {
    out->append(kNull);
    return;
  }
  if (IsComposite(type.kind)) {
    return AppendCompositeJson(type, *value, nulls_left, out);
  }
  const TypeCodec& codec = CodecOf(type.kind);
  const std::string text = codec.Format(*value);
  out->append(codec.IsBareInJson(*value) ? text : JsonQuote(text));
}

}  // namespace

std::string FormatComposite(const ColumnType& type, std::string_view value) {
  size_t nulls_left = kShownNullsMax;
  std::string text;
  AppendCompositeLiteral(type, value, &nulls_left, &text);
  return text;
}

std::string FormatJsonComposite(const ColumnType& type,
                                std::string_view value) {
  size_t nulls_left = kShownNullsMax;
  std::string text;
  AppendCompositeJson(type, value, &nulls_left, &text);
  return text;
}

}  // namespace rowan
