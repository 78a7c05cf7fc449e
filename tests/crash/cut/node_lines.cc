// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/node_lines.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/model/counter.h"
#include "tests/crash/cut/contents.h"

namespace rowan {
namespace {

class RowLines final : public RowConsumer {
 public:
  RowLines(const Schema& schema, std::vector<std::string>* lines)
      : schema_(schema), lines_(lines) {}

  size_t OnRow(const ResultRow& row) override {
    std::map<std::string, std::string> columns;
    std::string place(row.partition_key);
    if (row.row != nullptr) {
      place += "/" + std::to_string(TestClustering(schema_, row.position));
      AddColumns(*row.row, &columns);
    }
    if (row.static_row != nullptr) AddColumns(*row.static_row, &columns);
    lines_->push_back(RowLine(schema_.table, place, columns));
    return 1;
  }

 private:
  void AddColumns(const Row& row, std::map<std::string, std::string>* columns) {
    if (schema_.counts()) {
      int64_t total;
      ROWAN_CHECK(SumCounter(row.cells, &total));
      (*columns)["n"] = std::to_string(total);
      return;
    }
    for (const Cell& cell : row.cells) {
      const Column* const column = schema_.FindColumn(cell.column);
      const std::string name = column == nullptr ? "?" : column->name;
      (*columns)[name] = std::string(cell.value);
    }
  }

  const Schema& schema_;
  std::vector<std::string>* const lines_;
};

absl::Status AddTable(CrashNode* node, const Schema& schema,
                      std::vector<std::string>* lines) {
  std::set<std::string> columns;
  for (const Column& column : schema.columns) columns.insert(column.name);
  lines->push_back(TableLine(schema.table, columns));
  RowLines rows(schema, lines);
  ReadCommand command;
  command.table = schema.id;
  command.now_s = node->clock().WallSeconds();
  for (;;) {
    std::optional<absl::StatusOr<PageEnd>> end;
    node->engine().Read(command, &rows, [&](absl::StatusOr<PageEnd> page) {
      end = std::move(page);
    });
    ROWAN_CHECK(node->executor().RunUntil([&] { return end.has_value(); }));
    RETURN_IF_ERROR(end->status());
    if (!(*end)->resume) return absl::OkStatus();
    command.resume = (*end)->resume;
  }
}

// What lies in a table's directory beside its SSTables.
void AddTableStrays(CrashNode* node, TableId table, const std::string& path,
                    std::vector<std::string>* strays) {
  std::set<std::string> named;
  for (const SSTableStatus& file : node->engine().SSTables(table)) {
    named.insert(file.path);
  }
  const auto names = node->fs().List(path);
  for (const std::string& name : names.value_or(std::vector<std::string>())) {
    const std::string file = absl::StrCat(path, "/", name);
    // One that a cut edit may have named is set aside, for a person to judge.
    if (named.erase(file) > 0 || name.ends_with(".orphan")) continue;
    strays->push_back("nobody names " + file);
  }
  for (const std::string& file : named) strays->push_back("no file " + file);
}

void AddStorageStrays(CrashNode* node, std::vector<std::string>* strays) {
  std::map<std::string, TableId> tables;
  for (const auto& table : node->schemas().Tables()) {
    tables[std::to_string(table->id.value)] = table->id;
  }
  const std::string storage = absl::StrCat(CrashNode::kDirectory, "/storage");
  size_t manifests = 0;
  const auto names = node->fs().List(storage);
  for (const std::string& name : names.value_or(std::vector<std::string>())) {
    const auto table = tables.find(name);
    if (table != tables.end()) {
      AddTableStrays(node, table->second, absl::StrCat(storage, "/", name),
                     strays);
    } else if (name.starts_with("MANIFEST-") && !name.ends_with(".tmp")) {
      ++manifests;
    } else {
      strays->push_back(absl::StrCat("nobody names ", storage, "/", name));
    }
  }
  if (manifests != 2) {
    strays->push_back(std::to_string(manifests) + " files of the manifest");
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> NodeLines(CrashNode* node) {
  std::vector<std::string> lines;
  const auto catalogue = node->schemas().catalogue();
  for (const auto& [name, table] : catalogue->tables()) {
    RETURN_IF_ERROR(AddTable(node, *table, &lines));
  }
  for (const auto& [name, type] : catalogue->types()) {
    lines.push_back("type " + name);
  }
  for (const SnapshotInfo& info : node->snapshots().List("", 1000)) {
    lines.push_back("snapshot " + info.name);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> StrayLines(CrashNode* node) {
  std::vector<std::string> strays;
  AddStorageStrays(node, &strays);
  const std::string snapshots =
      absl::StrCat(CrashNode::kDirectory, "/snapshots");
  std::set<std::string> known;
  for (const SnapshotInfo& info : node->snapshots().List("", 1000)) {
    known.insert(info.name);
  }
  const auto names = node->fs().List(snapshots);
  for (const std::string& name : names.value_or(std::vector<std::string>())) {
    if (known.contains(name)) continue;
    strays.push_back(absl::StrCat("nobody names ", snapshots, "/", name));
  }
  for (const std::string& note : node->snapshots().notes()) {
    strays.push_back(note);
  }
  const EngineStatus status = node->engine().status();
  if (!status.failure.empty()) strays.push_back(status.failure);
  if (status.partitions_lost > 0) strays.push_back("partitions are lost");
  for (const std::string& note : status.recovery) {
    // A torn last edit can't be told from a damaged one.
    if (note.find("/MANIFEST-") != std::string::npos ||
        note.find(".orphan") != std::string::npos) {
      continue;
    }
    if (note.starts_with(kDamagedNote)) strays.push_back(note);
  }
  return strays;
}

}  // namespace rowan
