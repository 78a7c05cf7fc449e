// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/verify/verify_report.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

constexpr auto kSpread = JsonText::Layout::kSpread;

void PrintDamage(const Schema& schema, const SSTableDamage& damage,
                 JsonText* json) {
  json->BeginObject(kSpread);
  json->Key("what");
  json->String(damage.what);
  if (damage.lost.has_value()) {
    json->Key("lost");
    json->BeginObject(kSpread);
    json->Key("first_token");
    json->String(std::to_string(damage.lost->first.ToSigned()));
    json->Key("last_token");
    json->String(std::to_string(damage.lost->last.ToSigned()));
    if (!damage.lost->partition_key.empty()) {
      json->Key("wide_row");
      json->String(PartitionKeyText(schema, damage.lost->partition_key));
    }
    json->Key("text");
    json->String(LossText(schema, *damage.lost));
    json->End();
  }
  json->End();
}

}  // namespace

VerifyReport::VerifyReport(Form form)
    : form_(form), json_(form == Form::kJsonLines) {
  if (form_ == Form::kJson) json_.BeginArray(kSpread);
}

void VerifyReport::Add(const SSTableReader& table,
                       const SSTableVerifier& verifier) {
  ++files_;
  if (verifier.damage_count() > 0) ++damaged_;
  if (form_ == Form::kText) {
    AddText(table, verifier);
  } else {
    AddJson(table, verifier);
  }
}

void VerifyReport::AddText(const SSTableReader& table,
                           const SSTableVerifier& verifier) {
  absl::StrAppend(&text_,
                  verifier.damage_count() == 0 ? "ok      " : "DAMAGED ",
                  table.path(), ": ", verifier.blocks(), " blocks, ",
                  verifier.bytes(), " bytes, ", verifier.wide_rows(),
                  " wide rows, ", verifier.rows(), " rows\n");
  for (const SSTableDamage& damage : verifier.damages()) {
    absl::StrAppend(&text_, "  ", damage.what, "\n");
    if (!damage.lost.has_value()) continue;
    absl::StrAppend(&text_,
                    "    lost: ", LossText(table.schema(), *damage.lost), "\n");
  }
  if (verifier.damage_count() > verifier.damages().size()) {
    absl::StrAppend(&text_, "  and ",
                    verifier.damage_count() - verifier.damages().size(),
                    " more\n");
  }
}

void VerifyReport::AddJson(const SSTableReader& table,
                           const SSTableVerifier& verifier) {
  BeginFile(table.path(), verifier.damage_count() == 0);
  const auto number = [this](const char* name, uint64_t value) {
    json_.Key(name);
    json_.Number(value);
  };
  number("blocks", verifier.blocks());
  number("bytes", verifier.bytes());
  number("wide_rows", verifier.wide_rows());
  number("rows", verifier.rows());
  number("damage_count", verifier.damage_count());
  json_.Key("damages");
  json_.BeginArray(kSpread);
  for (const SSTableDamage& damage : verifier.damages()) {
    PrintDamage(table.schema(), damage, &json_);
  }
  json_.End();
  EndFile();
}

void VerifyReport::AddUnreadable(const std::string& path,
                                 const absl::Status& why) {
  ++files_;
  ++damaged_;
  const std::string what(why.message());
  if (form_ == Form::kText) {
    absl::StrAppend(&text_, "DAMAGED ", path, ": not readable\n  ", what, "\n");
    return;
  }
  BeginFile(path, false);
  json_.Key("damage_count");
  json_.Number(1);
  json_.Key("damages");
  json_.BeginArray(kSpread);
  PrintDamage(Schema(), {what, std::nullopt}, &json_);
  json_.End();
  EndFile();
}

void VerifyReport::BeginFile(const std::string& path, bool ok) {
  json_.BeginObject(kSpread);
  json_.Key("file");
  json_.String(path);
  json_.Key("ok");
  json_.Bool(ok);
}

void VerifyReport::EndFile() {
  json_.End();
  if (form_ == Form::kJsonLines) json_.EndLine();
}

void VerifyReport::Finish() {
  if (form_ == Form::kText) {
    absl::StrAppend(&text_, files_, " files, ", damaged_, " damaged\n");
  } else if (form_ == Form::kJson) {
    json_.End();
    json_.EndLine();
  }
}

std::string VerifyReport::TakeText() {
  text_ += json_.text();
  json_.Clear();
  return std::exchange(text_, {});
}

}  // namespace rowan
