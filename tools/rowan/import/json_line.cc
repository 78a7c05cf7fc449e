// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_line.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan::cli {
namespace {

// nlohmann's SAX interface: false stops the parse.
class TreeBuilder {
 public:
  using Json = nlohmann::json;
  using Kind = JsonValue::Kind;

  explicit TreeBuilder(JsonValue* root) : root_(root) {}

  bool null() { return Add({}) != nullptr; }
  bool boolean(bool value) { return AddScalar(value ? "true" : "false"); }
  // Only of numbers with a minus.
  bool number_integer(Json::number_integer_t value) {
    return AddScalar(value == 0 ? "-0" : std::to_string(value));
  }
  bool number_unsigned(Json::number_unsigned_t value) {
    return AddScalar(std::to_string(value));
  }
  bool number_float(Json::number_float_t, const std::string& text) {
    return AddScalar(text);
  }
  bool string(std::string& value) { return AddScalar(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(size_t) { return Open(Kind::kObject); }
  bool end_object() { return Close(); }
  bool start_array(size_t) { return Open(Kind::kArray); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    open_.back()->names.push_back(std::move(name));
    return true;
  }
  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception&) {
    return false;
  }

  bool too_deep() const { return too_deep_; }
  bool closed() const { return closed_; }

 private:
  // A new part of what is open, or the root; nullptr for a root that is no
  // object.
  JsonValue* Add(JsonValue value) {
    if (!open_.empty()) {
      return &open_.back()->parts.emplace_back(std::move(value));
    }
    if (value.kind != Kind::kObject) return nullptr;
    *root_ = std::move(value);
    return root_;
  }
  bool AddScalar(std::string text) {
    return Add({.kind = Kind::kScalar, .text = std::move(text)}) != nullptr;
  }
  bool Open(Kind kind) {
    too_deep_ = open_.size() == kJsonDepthMax;
    JsonValue* value = too_deep_ ? nullptr : Add({.kind = kind});
    if (value == nullptr) return false;
    // It stays where it is: its parent gets no part before it is closed.
    open_.push_back(value);
    return true;
  }
  bool Close() {
    open_.pop_back();
    closed_ = open_.empty();
    return true;
  }

  JsonValue* const root_;
  std::vector<JsonValue*> open_;
  bool too_deep_ = false;
  bool closed_ = false;
};

}  // namespace

absl::StatusOr<JsonValue> ParseJsonLine(std::string_view line) {
  JsonValue root;
  TreeBuilder builder(&root);
  const bool parsed = nlohmann::json::sax_parse(line, &builder);
  if (builder.too_deep()) {
    return absl::InvalidArgumentError(
        absl::StrCat("arrays and objects stand more than ", kJsonDepthMax - 1,
                     " inside each other"));
  }
  if (!parsed || !builder.closed()) {
    return absl::InvalidArgumentError("expected one JSON object");
  }
  return root;
}

}  // namespace rowan::cli
