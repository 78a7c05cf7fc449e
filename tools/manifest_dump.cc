// SPDX-License-Identifier: Apache-2.0
// manifest-dump: prints manifests and the node's small files (catalogue,
// identity, clock, descriptions of snapshots) and tells whether they are whole.
// Needs no node; beside a running one it only reads.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_file.h"
#include "node/metadata/metadata_printer.h"
#include "storage/base/coding.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_names.h"
#include "storage/manifest/manifest_printer.h"
#include "storage/manifest/manifest_reader.h"
#include "storage/sstable/json_text.h"
#include "tools/file_tool.h"

namespace rowan {
namespace {

constexpr auto kSpread = JsonText::Layout::kSpread;
constexpr auto kOneLine = JsonText::Layout::kOneLine;
// As the largest record of a manifest; far above any whole one.
constexpr uint64_t kFileBytesMax = uint64_t{1} << 30;

struct Arguments {
  std::vector<std::string> files;
  bool json = false;
  bool lines = false;
};

void AddOptions(Arguments* arguments, CLI::App* app) {
  app->add_option("FILE", arguments->files,
                  "MANIFEST-n, catalogue, identity, clock, a snapshot's\n"
                  "snapshot, or a .copy of one of them")
      ->required();
  app->add_flag("--json", arguments->json, "one JSON array");
  app->add_flag("-l", arguments->lines, "JSON lines: one file a line");
  app->set_version_flag("--version", "manifest-dump " ROWAN_VERSION);
}

// Name and value, or offset and edit, a line each.
using Facts = MetadataFacts;

std::string NameOf(std::string path) {
  path = path.substr(path.rfind('/') + 1);
  const std::string suffix(manifest_format::kCopySuffix);
  if (path.ends_with(suffix)) path.resize(path.size() - suffix.size());
  return path;
}

// What its name says; of one that was renamed, what it says itself.
uint64_t NumberOf(const std::string& name, std::string_view bytes) {
  const auto number = ParseManifestName(name);
  if (number.has_value() || bytes.size() < manifest_format::kHeaderBytes) {
    return number.value_or(0);
  }
  return LoadLittle<uint64_t>(bytes.data() + 12);
}

// Adds what can be read before damage, too.
absl::Status DescribeManifest(const std::string& name, std::string_view bytes,
                              Facts* facts) {
  const uint64_t number = NumberOf(name, bytes);
  ManifestReader reader(bytes, number);
  RETURN_IF_ERROR(reader.Start());
  facts->emplace_back("kind", "manifest");
  facts->emplace_back("version", absl::StrCat(number));
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<ManifestEdit> edit, reader.Next());
    if (!edit.has_value()) break;
    facts->emplace_back(absl::StrCat(reader.edit_offset()), PrintEdit(*edit));
  }
  if (reader.end() < bytes.size()) {
    facts->emplace_back(
        absl::StrCat(reader.end()),
        absl::StrCat("torn end, ", bytes.size() - reader.end(), " bytes"));
  }
  return absl::OkStatus();
}

absl::Status Describe(FileSystem* fs, const std::string& path, Facts* facts) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                   fs->Open(path, OpenOptions{}));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (size > kFileBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": too large"));
  }
  std::string bytes(size, '\0');
  ASSIGN_OR_RETURN(const size_t got, file->ReadAt(0, bytes));
  bytes.resize(got);
  const std::string name = NameOf(path);
  if (!IsCheckedFile(bytes)) {
    return Annotate(DescribeManifest(name, bytes, facts), path);
  }
  auto described = DescribeMetadata(name, bytes);
  if (!described.ok()) return Annotate(described.status(), path);
  *facts = *std::move(described);
  return absl::OkStatus();
}

std::string FactsText(const std::string& path, const Facts& facts) {
  std::string text = absl::StrCat(path, ":\n");
  for (const auto& [name, value] : facts) {
    absl::StrAppend(&text, name, " ", value, "\n");
  }
  return text;
}

void PrintJson(const std::string& path, const Facts& facts,
               const absl::Status& status, JsonText* json) {
  json->BeginObject(kSpread);
  json->Key("file");
  json->String(path);
  json->Key("ok");
  json->Bool(status.ok());
  if (!status.ok()) {
    json->Key("damage");
    json->String({status.message().data(), status.message().size()});
  }
  json->Key("facts");
  json->BeginArray(kSpread);
  for (const auto& [name, value] : facts) {
    json->BeginArray(kOneLine);
    json->String(name);
    json->String(value);
    json->End();
  }
  json->End();
  json->End();
}

// Whether nothing is damaged.
absl::StatusOr<bool> Run(const CLI::App& app, const Arguments& arguments) {
  PosixFileSystem fs(1);
  const bool array = arguments.json && !arguments.lines;
  JsonText json(arguments.lines);
  if (array) json.BeginArray(kSpread);
  bool good = true;
  for (const std::string& path : arguments.files) {
    Facts facts;
    const absl::Status status = Describe(&fs, path, &facts);
    if (!status.ok()) Complain(app, status);
    good = good && status.ok();
    if (!arguments.json && !arguments.lines) {
      RETURN_IF_ERROR(WriteOut(FactsText(path, facts)));
      continue;
    }
    PrintJson(path, facts, status, &json);
    if (arguments.lines) json.EndLine();
  }
  if (array) {
    json.End();
    json.EndLine();
  }
  RETURN_IF_ERROR(WriteOut(json.text()));
  return good;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Prints manifests and the node's small files. Status 1: one is damaged "
      "or\n"
      "cannot be read; all are printed, as far as they can be.",
      "manifest-dump");
  Arguments arguments;
  AddOptions(&arguments, &app);
  return FileToolMain(&app, argc, argv, [&] { return Run(app, arguments); });
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) { return rowan::Main(argc, argv); }
