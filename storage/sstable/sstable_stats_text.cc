// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_stats_text.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "storage/model/composite/type_name.h"
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

constexpr char kUnknown[] = "unknown";

class StatsText {
 public:
  StatsText(const SSTableReader& table, const SSTableStatsOptions& options)
      : schema_(table.schema()), s_(table.statistics()), options_(options) {
    Line("SSTable", table.path());
    Line("File size", absl::StrCat(table.file_bytes()));
    AddIdentity();
    Line("Bloom Filter FP chance",
         absl::StrFormat("%.6f", table.FilterFalsePositiveChance()));
    AddCounts();
    AddTimes();
    AddHistograms();
    AddRanges();
    AddLosses(table.losses());
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
    Line("Partition deletions", s_.wide_row_deletions.has_value()
                                    ? absl::StrCat(*s_.wide_row_deletions)
                                    : kUnknown);
    Line("Estimated cardinality", absl::StrCat(s_.wide_rows, " (exact)"));
  }

  void AddTimes() {
    const bool any = s_.min_timestamp <= s_.max_timestamp;
    Line("Minimum timestamp", any ? Micros(s_.min_timestamp) : "none");
    Line("Maximum timestamp", any ? Micros(s_.max_timestamp) : "none");
    Line("Duration", any ? Span(s_.min_timestamp, s_.max_timestamp) : "none");
    Line("SSTable min local deletion time",
         DeletionSeconds(s_.min_local_deletion_s));
    Line("SSTable max local deletion time",
         any ? DeletionSeconds(s_.max_local_deletion_s) : "none");
    Line("TTL min", absl::StrCat(s_.min_ttl_s));
    Line("TTL max", absl::StrCat(s_.max_ttl_s));
    // What Cassandra's files encode their times against.
    Line("EncodingStats minTTL", absl::StrCat(s_.min_ttl_s));
    Line("EncodingStats minLocalDeletionTime",
         DeletionSeconds(s_.min_local_deletion_s));
    Line("EncodingStats minTimestamp", any ? Micros(s_.min_timestamp) : "none");
    Line("Estimated droppable tombstones", Droppable());
    Line("Estimated tombstone drop times",
         s_.drop_times.counts.empty()
             ? "none"
             : absl::StrCat("by ", s_.drop_times.span_s / DropTimes::kDay,
                            " d"));
    for (const auto& [second, count] : s_.drop_times.counts) {
      absl::StrAppend(&text, "  ", Seconds(second), ": ", count, "\n");
    }
  }

  // Of cells, as in Cassandra; of what goes where there are no cells.
  std::string Droppable() const {
    const uint64_t count = s_.drop_times.CountBefore(
        options_.now_s - int64_t{schema_.options.tombstone_grace_s});
    const uint64_t of = s_.cells > 0 ? s_.cells : std::max<uint64_t>(count, 1);
    return absl::StrFormat("%.3f (%d)",
                           static_cast<double>(count) / static_cast<double>(of),
                           count);
  }

  void AddHistograms() {
    AddHistogram("Partition Size", "bytes", s_.wide_row_bytes);
    AddHistogram("Column Count", "cells", s_.wide_row_cells);
  }

  void AddHistogram(const char* name, const char* unit,
                    const std::optional<SizeHistogram>& histogram) {
    Line(name, histogram.has_value()
                   ? absl::StrCat("largest ", histogram->largest, " ", unit)
                   : kUnknown);
    if (!histogram.has_value()) return;
    for (size_t i = 0; i < histogram->counts.size(); ++i) {
      if (histogram->counts[i] == 0) continue;
      absl::StrAppend(&text, "  ", SizeHistogram::First(i), "..",
                      SizeHistogram::Last(i), ": ", histogram->counts[i], "\n");
    }
  }

  void AddRanges() {
    if (s_.wide_rows == 0) return;
    Line("First token", Place(s_.first_token, s_.first_key));
    Line("Last token", Place(s_.last_token, s_.last_key));
    Line("Token space coverage",
         absl::StrFormat("%.6f", static_cast<double>(s_.last_token.value -
                                                     s_.first_token.value) /
                                     0x1p64));
    if (s_.max_position.empty()) return;
    Line("Covered clusterings", absl::StrCat(Clustering(s_.min_position), "..",
                                             Clustering(s_.max_position)));
  }

  // Of the files that a scrub made this one of.
  void AddLosses(std::span<const SSTableLoss> losses) {
    if (losses.empty()) return;
    Line("Lost", absl::StrCat(losses.size(), " ranges"));
    for (const SSTableLoss& loss : losses) {
      absl::StrAppend(&text, "  ", LossText(schema_, loss), ": ", loss.what,
                      "\n");
    }
  }

  void AddSchema() {
    Line("KeyType", Columns(ColumnRole::kPartitionKey));
    Line("ClusteringTypes", Columns(ColumnRole::kClustering));
    Line("StaticColumns", Columns(ColumnRole::kStatic));
    Line("RegularColumns", Columns(ColumnRole::kRegular));
  }

  // Timestamps are the clients': their difference may need 65 bits.
  static std::string Span(int64_t from_us, int64_t to_us) {
    const uint64_t us =
        static_cast<uint64_t>(to_us) - static_cast<uint64_t>(from_us);
    return absl::StrFormat("%d.%06d s", us / 1'000'000, us % 1'000'000);
  }
  std::string Micros(int64_t micros) const {
    return options_.raw_timestamps ? absl::StrCat(micros)
                                   : InstantOfMicros(micros);
  }
  std::string Seconds(uint32_t seconds) const {
    return options_.raw_timestamps ? absl::StrCat(seconds)
                                   : InstantOfSeconds(seconds);
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
    if (IsRequestId(position)) return "[request id]";
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
      texts.push_back(absl::StrCat(column->name, " ", TypeName(column->type),
                                   column->descending ? " desc" : ""));
    }
    return absl::StrJoin(texts, ", ");
  }

  const Schema& schema_;
  const SSTableStatistics& s_;
  const SSTableStatsOptions options_;
};

}  // namespace

std::string SSTableStatsText(const SSTableReader& table,
                             const SSTableStatsOptions& options) {
  return StatsText(table, options).text;
}

}  // namespace rowan
