// SPDX-License-Identifier: Apache-2.0
#include "storage/base/coding.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/value_parts.h"

// The composite rows of FORMAT.md's "Components".

namespace rowan {
namespace {

constexpr char kEnd = '\x00';       // no more parts, or none but nulls
constexpr char kNullMark = '\x01';  // a null field; a part that is not follows
constexpr char kPart = '\x02';      // an element, an entry or a field

// No key holds a longer value: what decodes to more was never one.
constexpr size_t kValueBytesMax = 65535;

bool TakeMark(std::string_view* in, char* mark) {
  if (in->empty()) return false;
  *mark = in->front();
  in->remove_prefix(1);
  return true;
}

bool ReadVector(const ColumnType& type, std::string_view* in,
                std::string* value) {
  std::string part;
  for (size_t i = 0; i < type.arguments->dimensions; ++i) {
    if (!ReadKeyForm(type.arguments->types[0], in, &part)) return false;
    value->append(part);
  }
  return true;
}

// `later` fields are those to the end of `in`.
bool ReadFields(const ColumnType& type, std::string_view* in, LaterFields later,
                std::string* value) {
  std::string part;
  size_t nulls = 0;  // right before
  char mark;
  for (const ColumnType& field : type.arguments->types) {
    if (!TakeMark(in, &mark)) return false;
    if (mark == kEnd) return nulls == 0;
    if (mark == kNullMark) {
      ++nulls;
      continue;
    }
    if (mark != kPart || !ReadKeyForm(field, in, &part)) return false;
    for (; nulls > 0; --nulls) AppendPart({}, value);
    AppendPart(part, value);
    if (value->size() > kValueBytesMax) return false;
  }
  if (!TakeMark(in, &mark)) return false;
  if (mark == kEnd) return nulls == 0;
  if (mark != kNullMark && mark != kPart) return false;
  if (later == LaterFields::kRefuse || !in->ends_with(kEnd)) return false;
  in->remove_prefix(in->size());
  return true;
}

// Sets and maps must ascend by their first part's form.
bool ReadCollection(const ColumnType& type, std::string_view* in,
                    std::string* value) {
  const auto& types = type.arguments->types;
  const bool ascends = type.kind != TypeKind::kList;
  uint32_t count = 0;
  std::string part;
  std::string_view previous;
  PutBig(count, value);
  for (;; ++count) {
    char mark;
    if (!TakeMark(in, &mark)) return false;
    if (mark == kEnd) break;
    if (mark != kPart) return false;
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string_view before = *in;
      if (!ReadKeyForm(types[i], in, &part)) return false;
      AppendPart(part, value);
      if (value->size() > kValueBytesMax) return false;
      if (i > 0 || !ascends) continue;
      const std::string_view form =
          before.substr(0, before.size() - in->size());
      if (count > 0 && form <= previous) return false;
      previous = form;
    }
  }
  StoreBig(count, value->data());
  return true;
}

}  // namespace

void AppendCompositeKey(const ColumnType& type, std::string_view value,
                        std::string* out) {
  const bool is_vector = type.kind == TypeKind::kVector;
  const bool is_map = type.kind == TypeKind::kMap;
  size_t nulls = 0;
  VisitParts(type, value, LaterFields::kSkip,
             [&](size_t i, const ColumnType& part_type, ValuePart part) {
               if (!part) {
                 ++nulls;
                 return true;
               }
               out->append(nulls, kNullMark);
               nulls = 0;
               const bool is_value = is_map && i % 2 == 1;
               if (!is_vector && !is_value) out->push_back(kPart);
               AppendKeyForm(part_type, *part, out);
               return true;
             });
  if (!is_vector) out->push_back(kEnd);
}

bool ReadCompositeKey(const ColumnType& type, std::string_view* in,
                      std::string* value) {
  value->clear();
  switch (type.kind) {
    case TypeKind::kVector:
      return ReadVector(type, in, value);
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return ReadFields(type, in, LaterFields::kRefuse, value);
    default:
      return ReadCollection(type, in, value);
  }
}

bool ReadWholeKeyForm(const ColumnType& type, std::string_view in,
                      std::string* value) {
  value->clear();
  const bool read = type.kind == TypeKind::kUserType
                        ? ReadFields(type, &in, LaterFields::kSkip, value)
                        : ReadKeyForm(type, &in, value);
  return read && in.empty();
}

}  // namespace rowan
