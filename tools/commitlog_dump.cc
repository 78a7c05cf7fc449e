// SPDX-License-Identifier: Apache-2.0
// commitlog-dump: prints segment files of the commit log and tells which chunks
// are damaged. Needs no node; beside a running one it only reads.
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "commitlog/log_printer.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/model/mutation.h"
#include "storage/sstable/json_text.h"
#include "tools/file_tool.h"

namespace rowan {
namespace {

constexpr auto kSpread = JsonText::Layout::kSpread;
constexpr auto kOneLine = JsonText::Layout::kOneLine;

struct Arguments {
  std::vector<std::string> files;
  bool records = false;
  bool json = false;
  bool lines = false;
};

void AddOptions(Arguments* arguments, CLI::App* app) {
  app->add_option("FILE", arguments->files, "segment files to print")
      ->required();
  app->add_flag("--records", arguments->records,
                "also each record, with the mutations in it");
  app->add_flag("--json", arguments->json, "one JSON array");
  app->add_flag("-l", arguments->lines,
                "JSON lines: one chunk or record a line");
  app->set_version_flag("--version", "commitlog-dump " ROWAN_VERSION);
}

struct MutationHead {
  uint32_t table;
  int64_t token;
  std::string partition_key;
  uint32_t parts;
};

// As many as can be read: a record that holds none is not the engine's.
std::vector<MutationHead> MutationsOf(std::string_view record) {
  std::vector<MutationHead> heads;
  MutationReader reader(record);
  while (!reader.AtEnd() && reader.ReadHeader().ok()) {
    heads.push_back({reader.table().value, reader.token().ToSigned(),
                     std::string(reader.partition_key()), reader.parts_left()});
    MutationPart part;
    while (reader.HasPart()) {
      if (!reader.ReadPart(&part).ok()) return heads;
    }
  }
  return heads;
}

class Dump {
 public:
  explicit Dump(const Arguments& arguments)
      : arguments_(arguments),
        is_json_(arguments.json || arguments.lines),
        json_(arguments.lines) {
    if (is_json_ && !arguments.lines) json_.BeginArray(kSpread);
  }

  // kDataLoss when something in it is damaged: all of it is printed then.
  absl::Status Print(FileSystem* fs, const std::string& path);
  absl::Status Finish() {
    if (is_json_ && !arguments_.lines) {
      json_.End();
      json_.EndLine();
    }
    return Flush();
  }

 private:
  void PrintText(const SegmentItem& item);
  void PrintJson(const std::string& path, const SegmentItem& item);
  void PrintChunk(const SegmentItem& item);
  void Number(const char* name, uint64_t value) {
    json_.Key(name);
    json_.Number(value);
  }
  absl::Status Flush() {
    RETURN_IF_ERROR(WriteOut(text_));
    RETURN_IF_ERROR(WriteOut(json_.text()));
    text_.clear();
    json_.Clear();
    return absl::OkStatus();
  }

  const Arguments& arguments_;
  const bool is_json_;
  JsonText json_;
  std::string text_;
};

absl::Status Dump::Print(FileSystem* fs, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                   fs->Open(path, OpenOptions{}));
  if (!is_json_) absl::StrAppend(&text_, path, ":\n");
  absl::Status written;
  const absl::Status walked = WalkSegment(*file, path, arguments_.records,
                                          [&](const SegmentItem& item) {
                                            if (is_json_) {
                                              PrintJson(path, item);
                                            } else {
                                              PrintText(item);
                                            }
                                            if (written.ok()) written = Flush();
                                          });
  RETURN_IF_ERROR(written);
  return walked;
}

void Dump::PrintText(const SegmentItem& item) {
  absl::StrAppend(&text_, SegmentItemText(item), "\n");
  for (const MutationHead& head : MutationsOf(item.record)) {
    absl::StrAppend(&text_, "  mutation table=", head.table,
                    " token=", head.token, " key=0x",
                    absl::BytesToHexString(head.partition_key),
                    " parts=", head.parts, "\n");
  }
}

void Dump::PrintChunk(const SegmentItem& item) {
  const ChunkHeader& header = item.header;
  json_.Key("chunk");
  json_.String(ChunkKindName(header.kind));
  Number("segment", header.segment.value);
  Number("position", header.position.value);
  Number("length", header.length);
  Number("records", header.record_count);
  Number("watermark", header.watermark.value);
  Number("link", header.link.value);
  Number("head", header.head.value);
  Number("wall_us", static_cast<uint64_t>(header.wall_us));
  json_.Key("scope");
  json_.String(absl::StrCat(absl::Hex(header.scope)));
  json_.Key("stale");
  json_.Bool(item.stale);
}

void Dump::PrintJson(const std::string& path, const SegmentItem& item) {
  json_.BeginObject(kSpread);
  json_.Key("file");
  json_.String(path);
  Number("offset", item.offset);
  json_.Key("damaged");
  json_.Bool(item.damaged);
  if (item.kind == SegmentItem::Kind::kChunk) PrintChunk(item);
  if (item.kind == SegmentItem::Kind::kNothing)
    Number("nothing_until", item.end);
  if (item.kind == SegmentItem::Kind::kRecord) {
    Number("position", item.position.value);
    json_.Key("record");
    json_.String(
        absl::BytesToHexString({item.record.data(), item.record.size()}));
    json_.Key("mutations");
    json_.BeginArray(kSpread);
    for (const MutationHead& head : MutationsOf(item.record)) {
      json_.BeginObject(kOneLine);
      Number("table", head.table);
      json_.Key("token");
      json_.String(std::to_string(head.token));
      json_.Key("key");
      json_.String(absl::BytesToHexString(head.partition_key));
      Number("parts", head.parts);
      json_.End();
    }
    json_.End();
  }
  json_.End();
  if (arguments_.lines) json_.EndLine();
}

// Whether nothing is damaged.
absl::StatusOr<bool> Run(const CLI::App& app, const Arguments& arguments) {
  PosixFileSystem fs(1);
  Dump dump(arguments);
  bool good = true;
  for (const std::string& path : arguments.files) {
    const absl::Status printed = dump.Print(&fs, path);
    if (printed.ok()) continue;
    Complain(app, printed);
    good = false;
  }
  RETURN_IF_ERROR(dump.Finish());
  return good;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Prints segment files of the commit log. Status 1: one is damaged or "
      "can\n"
      "not be read; all are printed. The last chunk before a crash may be\n"
      "damaged and harmless.",
      "commitlog-dump");
  Arguments arguments;
  AddOptions(&arguments, &app);
  return FileToolMain(&app, argc, argv, [&] { return Run(app, arguments); });
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) { return rowan::Main(argc, argv); }
