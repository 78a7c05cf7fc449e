// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_line.h"

#include <nlohmann/json.hpp>

namespace rowan::cli {
namespace {

// nlohmann's SAX interface: false stops the parse.
class FlatObject {
 public:
  using Json = nlohmann::json;

  explicit FlatObject(std::vector<JsonMember>* members) : members_(*members) {}

  bool null() { return Take(std::nullopt); }
  bool boolean(bool value) { return Take(value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) {
    return Take(std::to_string(value));
  }
  bool number_unsigned(Json::number_unsigned_t value) {
    return Take(std::to_string(value));
  }
  bool number_float(Json::number_float_t, const std::string& text) {
    return Take(text);
  }
  bool string(std::string& value) { return Take(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(size_t) { return ++depth_ == 1 || Nested(); }
  bool end_object() {
    closed_ = true;
    return true;
  }
  bool start_array(size_t) { return Nested(); }
  bool end_array() { return true; }
  bool key(std::string& name) {
    members_.push_back({std::move(name), std::nullopt});
    return true;
  }
  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception&) {
    return false;
  }

  bool nested() const { return nested_; }
  bool closed() const { return closed_; }

 private:
  bool Take(std::optional<std::string> text) {
    if (depth_ == 0) return false;
    members_.back().text = std::move(text);
    return true;
  }
  bool Nested() {
    nested_ = true;
    return false;
  }

  std::vector<JsonMember>& members_;
  int depth_ = 0;
  bool nested_ = false;
  bool closed_ = false;
};

}  // namespace

absl::StatusOr<std::vector<JsonMember>> ParseJsonLine(std::string_view line) {
  std::vector<JsonMember> members;
  FlatObject object(&members);
  const bool parsed = nlohmann::json::sax_parse(line, &object);
  if (object.nested()) {
    return absl::InvalidArgumentError(
        "an object or array stands inside the line: expected plain values");
  }
  if (!parsed || !object.closed()) {
    return absl::InvalidArgumentError("expected one JSON object");
  }
  return members;
}

}  // namespace rowan::cli
