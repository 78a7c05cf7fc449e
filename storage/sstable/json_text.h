// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_JSON_TEXT_H_
#define ROWAN_STORAGE_SSTABLE_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

// JSON written front to back, as sstabledump lays it out: outer objects and
// arrays one item a line, inner ones in one line; or everything without any
// space, for JSON lines. Keeps only what was written since the last Take.
// Thread-compatible.
class JsonText {
 public:
  enum class Layout { kSpread, kOneLine };

  // `minimal`: no spaces, no line breaks.
  explicit JsonText(bool minimal) : minimal_(minimal) {}

  void BeginObject(Layout layout) { Begin('{', '}', layout); }
  void BeginArray(Layout layout) { Begin('[', ']', layout); }
  void End();

  void Key(std::string_view name);
  void String(std::string_view value);
  void Number(uint64_t value);
  void Bool(bool value) { Token(value ? "true" : "false"); }
  // A JSON token as it is.
  void Token(std::string_view token);
  // A line break between two values at the top.
  void EndLine() { text_.push_back('\n'); }

  const std::string& text() const { return text_; }
  void Clear() { text_.clear(); }

 private:
  struct Scope {
    char close;
    Layout layout;
    bool empty = true;
  };

  void Begin(char open, char close, Layout layout);
  // What stands between the previous item of the scope and the next.
  void BeginItem();
  void Indent();

  const bool minimal_;
  std::string text_;
  std::vector<Scope> scopes_;
  bool after_key_ = false;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_JSON_TEXT_H_
