// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_ROW_MAPPER_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_ROW_MAPPER_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "tools/rowan/import/csv_reader.h"
#include "tools/rowan/import/json_line.h"

namespace rowan::cli {

struct MappingOptions {
  // Names in the input -> columns. Equal names need no entry.
  std::map<std::string, std::string> renames;
  // Column -> text, for every row.
  std::map<std::string, std::string> constants;
  // A field that reads like this is no value. Unquoted empty fields are none
  // anyway.
  std::optional<std::string> null_text;
};

// One row, ready for a write to its wide row.
struct MappedRow {
  v1::Key partition_key;
  v1::Change change;
};

// Turns records of one input into rows of one table. Made once per input, after
// its header is known. Immutable; used from one thread.
class RowMapper {
 public:
  // `names` are the fields of every record in order; for JSON lines none.
  // kInvalidArgument: a key column without a source, a column with two.
  // `schema` must outlive the mapper.
  static absl::StatusOr<RowMapper> ForCsv(
      const Schema& schema, const MappingOptions& options,
      const std::vector<std::string>& names);
  static absl::StatusOr<RowMapper> ForJson(const Schema& schema,
                                           const MappingOptions& options);

  // kInvalidArgument: why the record is no row.
  absl::StatusOr<MappedRow> Map(const CsvRecord& record) const;
  absl::StatusOr<MappedRow> Map(const JsonValue& object) const;

 private:
  // A value per column of the schema, in its order; unset where there is none.
  using Values = std::vector<std::optional<v1::Value>>;

  RowMapper(const Schema& schema, const MappingOptions& options)
      : schema_(&schema), options_(options) {}
  absl::Status SetConstants();
  absl::Status CheckKeysAreFed(const std::set<int>& fed,
                               const std::vector<std::string>& names) const;
  // The index of the column that `name` feeds, or -1.
  int ColumnOf(const std::string& name) const;
  absl::Status SetValue(int column, std::string_view text,
                        Values* values) const;
  absl::StatusOr<MappedRow> Build(Values values) const;

  const Schema* schema_;
  MappingOptions options_;
  Values constants_;
  std::vector<int> columns_;  // of each CSV field; -1: ignored
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_ROW_MAPPER_H_
