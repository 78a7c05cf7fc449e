// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_stats_text.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "storage/model/key_codec.h"
#include "storage/model/value.h"
#include "storage/sstable/instant_text.h"

namespace rowan {
namespace {

const char* CompressorName(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kLz4:
      return "lz4";
    case Compression::kZstd:
      return "zstd";
  }
  return "unknown";
}

class StatsText {
 public:
  StatsText(const SSTable& table, bool raw_timestamps)
      : schema_(table.schema()),
        s_(table.statistics()),
        raw_timestamps_(raw_timestamps) {
    Line("SSTable", table.path());
    Line("File size", absl::StrCat(table.file_bytes()));
    AddIdentity();
    AddCounts();
    AddTimes();
    AddRanges();
    AddSchema();
  }

  std::string text;

 private:
  void Line(const char* name, const std::string& value) {
    absl::StrAppend(&text, name, ": ", value, "\n");
  }

  void AddIdentity() {
    Line("File id", absl::StrCat(s_.file.value));
    Line("Table", absl::StrCat(schema_.keyspace, ".", schema_.table));
    Line("Partitioner", "Murmur3Partitioner");
    Line("Partition", absl::StrCat(s_.partition.prefix_bits, " of ",
                                   1u << s_.partition.prefix_length));
    Line("SSTable Level", absl::StrCat(s_.level));
    Line("Written at", Micros(s_.written_at_us));
    Line("Replay positions covered",
         absl::StrCat(s_.log_from.value, "..", s_.log_to.value));
  }

  void AddCounts() {
    Line("Compressor", CompressorName(schema_.options.compression));
    Line("Compression ratio",
         s_.data_bytes_raw == 0
             ? "1.000"
             : absl::StrFormat("%.3f",
                               static_cast<double>(s_.data_bytes_stored) /
                                   static_cast<double>(s_.data_bytes_raw)));
    Line("Data bytes", absl::StrCat(s_.data_bytes_stored, " stored, ",
                                    s_.data_bytes_raw, " raw"));
    Line("Partitions", absl::StrCat(s_.wide_rows));
    Line("Rows", absl::StrCat(s_.rows));
    Line("Cells", absl::StrCat(s_.cells));
    Line("Tombstones", absl::StrCat(s_.tombstones));
  }

  void AddTimes() {
    const bool any = s_.min_timestamp <= s_.max_timestamp;
    Line("Minimum timestamp", any ? Micros(s_.min_timestamp) : "none");
    Line("Maximum timestamp", any ? Micros(s_.max_timestamp) : "none");
    Line("SSTable min local deletion time",
         DeletionSeconds(s_.min_local_deletion_s));
    Line("SSTable max local deletion time",
         any ? DeletionSeconds(s_.max_local_deletion_s) : "none");
    Line("TTL min", absl::StrCat(s_.min_ttl_s));
    Line("TTL max", absl::StrCat(s_.max_ttl_s));
    Line("Estimated tombstone drop times", s_.drop_times.empty() ? "none" : "");
    for (const auto& [second, count] : s_.drop_times) {
      absl::StrAppend(&text, "  ", Seconds(second), ": ", count, "\n");
    }
  }

  void AddRanges() {
    if (s_.wide_rows == 0) return;
    Line("First token", Place(s_.first_token, s_.first_key));
    Line("Last token", Place(s_.last_token, s_.last_key));
    if (s_.max_position.empty()) return;
    Line("Covered clusterings", absl::StrCat(Clustering(s_.min_position), "..",
                                             Clustering(s_.max_position)));
  }

  void AddSchema() {
    Line("KeyType", Columns(ColumnRole::kPartitionKey));
    Line("ClusteringTypes", Columns(ColumnRole::kClustering));
    Line("StaticColumns", Columns(ColumnRole::kStatic));
    Line("RegularColumns", Columns(ColumnRole::kRegular));
  }

  std::string Micros(int64_t micros) const {
    return raw_timestamps_ ? absl::StrCat(micros) : InstantOfMicros(micros);
  }
  std::string Seconds(uint32_t seconds) const {
    return raw_timestamps_ ? absl::StrCat(seconds) : InstantOfSeconds(seconds);
  }
  std::string DeletionSeconds(uint32_t seconds) const {
    return seconds == UINT32_MAX ? "no tombstones" : Seconds(seconds);
  }

  // Bytes that are not a key of the schema don't stop the rest.
  std::string Place(Token token, std::string_view key) const {
    std::vector<std::string> texts;
    const auto components = DecodePartitionKey(schema_, key);
    const auto columns = schema_.ColumnsOf(ColumnRole::kPartitionKey);
    for (size_t i = 0; components.ok() && i < components->size(); ++i) {
      texts.push_back(FormatValue(columns[i]->type, (*components)[i]));
    }
    return absl::StrCat(token.ToSigned(), " (", absl::StrJoin(texts, ":"), ")");
  }

  std::string Clustering(std::string_view position) const {
    std::vector<std::string> texts;
    const auto decoded = DecodePosition(schema_, position);
    const auto columns = schema_.ColumnsOf(ColumnRole::kClustering);
    for (size_t i = 0; decoded.ok() && i < decoded->components.size(); ++i) {
      texts.push_back(FormatValue(columns[i]->type, decoded->components[i]));
    }
    return absl::StrCat("[", absl::StrJoin(texts, ", "), "]");
  }

  std::string Columns(ColumnRole role) const {
    std::vector<std::string> texts;
    for (const Column* column : schema_.ColumnsOf(role)) {
      texts.push_back(absl::StrCat(column->name, " ",
                                   std::string(TypeName(column->type)),
                                   column->descending ? " desc" : ""));
    }
    return absl::StrJoin(texts, ", ");
  }

  const Schema& schema_;
  const SSTableStatistics& s_;
  const bool raw_timestamps_;
};

}  // namespace

std::string SSTableStatsText(const SSTable& table, bool raw_timestamps) {
  return StatsText(table, raw_timestamps).text;
}

}  // namespace rowan
