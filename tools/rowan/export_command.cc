// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "storage/model/types/json_quote.h"
#include "storage/model/value.h"
#include "tools/rowan/client/proto_type.h"
#include "tools/rowan/client/proto_value.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct ExportOptions {
  std::string format;
  std::string table;
  std::string path;  // empty: stdout
};

// A null is a bare nothing and an empty text "", so that an import gets back
// what was there.
std::string FieldOf(const ColumnType& type, const v1::Value& value) {
  if (value.has_null_value()) return "";
  const std::string text = TextFromProto(type, value);
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char byte : text) {
    if (byte == '"') quoted += '"';
    quoted += byte;
  }
  return quoted + "\"";
}

// What the answer says of the columns.
struct ResultColumns {
  std::vector<std::string> names;
  std::vector<ColumnType> types;
};

void WriteCsv(const v1::Row& row, const ResultColumns& columns,
              std::ostream& out) {
  std::vector<std::string> fields;
  for (int i = 0; i < row.values_size(); ++i) {
    fields.push_back(FieldOf(columns.types[i], row.values(i)));
  }
  out << absl::StrJoin(fields, ",") << "\n";
}

void WriteJson(const v1::Row& row, const ResultColumns& columns,
               std::ostream& out) {
  const char* separator = "{";
  for (int i = 0; i < row.values_size(); ++i) {
    if (row.values(i).has_null_value()) continue;
    out << separator << JsonQuote(columns.names[i]) << ":"
        << JsonFromProto(columns.types[i], row.values(i));
    separator = ",";
  }
  out << "}\n";
}

absl::Status Export(const ExportOptions& options, Client& client,
                    std::ostream& out) {
  const bool csv = options.format == "csv";
  v1::ReadRequest request;
  request.mutable_table()->set_name(options.table);
  ResultColumns columns;
  return client.ReadPages(request, [&](const v1::ReadResponse& page) {
    if (columns.names.empty()) {
      for (const auto& column : page.columns()) {
        columns.names.push_back(column.name());
      }
      columns.types = TypesOfColumns(page.columns());
      if (csv && !columns.names.empty()) {
        out << absl::StrJoin(columns.names, ",") << "\n";
      }
    }
    for (const v1::Row& row : page.rows()) {
      if (static_cast<size_t>(row.values_size()) != columns.names.size()) {
        return absl::InternalError("the node sent a row without its columns");
      }
      csv ? WriteCsv(row, columns, out) : WriteJson(row, columns, out);
    }
    return out ? absl::OkStatus()
               : absl::InternalError(absl::StrCat("cannot write the rows: ",
                                                  std::strerror(errno)));
  });
}

Outcome RunExport(const ExportOptions& options, Session& session) {
  if (options.path.empty()) {
    RETURN_IF_ERROR(Export(options, session.client, session.out));
    return ExitCode::kDone;
  }
  std::ofstream file(options.path, std::ios::binary | std::ios::trunc);
  if (!file) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot write ", options.path, ": ", std::strerror(errno)));
  }
  RETURN_IF_ERROR(Export(options, session.client, file));
  file.close();
  if (!file) {
    return absl::InternalError(
        absl::StrCat("cannot write all of ", options.path));
  }
  return ExitCode::kDone;
}

}  // namespace

void AddExportCommand(CLI::App& app, Verb* chosen) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* verb =
      AddVerb(app, "export", "all rows of a table as CSV or JSON lines",
              options, RunExport, chosen);
  verb->add_option("format", options->format, "csv or jsonl")
      ->required()
      ->check(CLI::IsMember({"csv", "jsonl"}));
  verb->add_option("table,--table", options->table, "KEYSPACE.TABLE")
      ->required();
  verb->add_option("--to", options->path, "FILE (default: standard output)");
}

}  // namespace rowan::cli
