// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/json_text.h"

#include "storage/base/check.h"
#include "storage/model/types/json_quote.h"

namespace rowan {

void JsonText::Indent() {
  text_.push_back('\n');
  text_.append(2 * scopes_.size(), ' ');
}

void JsonText::BeginItem() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (scopes_.empty()) return;
  Scope& scope = scopes_.back();
  if (!scope.empty) text_.push_back(',');
  scope.empty = false;
  if (minimal_) return;
  if (scope.layout == Layout::kSpread) {
    Indent();
  } else {
    text_.push_back(' ');
  }
}

void JsonText::Begin(char open, char close, Layout layout) {
  BeginItem();
  text_.push_back(open);
  scopes_.push_back({.close = close, .layout = layout});
}

void JsonText::End() {
  ROWAN_DCHECK(!scopes_.empty() && !after_key_);
  const Scope scope = scopes_.back();
  scopes_.pop_back();
  if (!minimal_) {
    if (scope.layout == Layout::kSpread && !scope.empty) {
      Indent();
    } else {
      text_.push_back(' ');
    }
  }
  text_.push_back(scope.close);
}

void JsonText::Key(std::string_view name) {
  BeginItem();
  text_ += JsonQuote(name);
  text_ += minimal_ ? ":" : " : ";
  after_key_ = true;
}

void JsonText::Token(std::string_view token) {
  BeginItem();
  text_ += token;
}

void JsonText::String(std::string_view value) { Token(JsonQuote(value)); }

void JsonText::Number(uint64_t value) { Token(std::to_string(value)); }

}  // namespace rowan
