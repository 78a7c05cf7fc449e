// SPDX-License-Identifier: Apache-2.0
// sstable-verify: whether SSTables are what they should be, and what is lost
// where they are not. Needs no node; beside a running one it only reads.
#include <map>
#include <string>
#include <vector>

#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/sstable/verify/verify_report.h"
#include "tools/file_tool.h"

namespace rowan {
namespace {

// The report of a file is written when it is read; this only bounds a step.
constexpr uint64_t kStepBytes = 64 << 20;

struct Arguments {
  std::vector<std::string> files;
  VerifyLevel level = VerifyLevel::kOrder;
  bool json = false;
  bool lines = false;
};

void AddOptions(Arguments* arguments, CLI::App* app) {
  static const std::map<std::string, VerifyLevel> kLevels = {
      {"checksum", VerifyLevel::kChecksum},
      {"order", VerifyLevel::kOrder},
      {"deep", VerifyLevel::kDeep}};
  app->add_option("FILE", arguments->files, "SSTables to verify")->required();
  app->add_option("--level", arguments->level,
                  "checksum: every block; order (default): and order, range\n"
                  "deletions, statistics; deep: and filter, indexes, values")
      ->transform(CLI::CheckedTransformer(kLevels));
  app->add_flag("--json", arguments->json, "one JSON array");
  app->add_flag("-l", arguments->lines, "JSON lines: one file a line");
  app->set_version_flag("--version", "sstable-verify " ROWAN_VERSION);
}

void VerifyFile(FileSystem* fs, const std::string& path, VerifyLevel level,
                VerifyReport* report) {
  const auto table = SSTableReader::Open(fs, path);
  if (!table.ok()) {
    report->AddUnreadable(path, table.status());
    return;
  }
  SSTableVerifier verifier(table->get(), level);
  for (;;) {
    const absl::StatusOr<bool> finished = verifier.Step(kStepBytes);
    if (!finished.ok()) {
      report->AddUnreadable(path, finished.status());
      return;
    }
    if (*finished) break;
  }
  report->Add(**table, verifier);
}

// Whether all files are good.
absl::StatusOr<bool> Run(const Arguments& arguments) {
  PosixFileSystem fs(1);
  using Form = VerifyReport::Form;
  VerifyReport report(arguments.lines  ? Form::kJsonLines
                      : arguments.json ? Form::kJson
                                       : Form::kText);
  for (const std::string& path : arguments.files) {
    VerifyFile(&fs, path, arguments.level, &report);
    RETURN_IF_ERROR(WriteOut(report.TakeText()));
  }
  report.Finish();
  RETURN_IF_ERROR(WriteOut(report.TakeText()));
  return report.damaged() == 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Verifies SSTables. Status 1: one is damaged or cannot be read; all are\n"
      "looked at, and all damage is told with what is lost.",
      "sstable-verify");
  Arguments arguments;
  AddOptions(&arguments, &app);
  return FileToolMain(&app, argc, argv, [&] { return Run(arguments); });
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) { return rowan::Main(argc, argv); }
