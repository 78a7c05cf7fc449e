// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/row_count.h"

#include <optional>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan::cli {

absl::StatusOr<uint64_t> CountRows(const Schema& schema,
                                   v1::ReadRequest request, Client* client) {
  v1::Aggregate* count = request.add_aggregates();
  count->set_function(v1::AGGREGATE_FUNCTION_COUNT);
  const auto clustering = schema.ColumnsOf(ColumnRole::kClustering);
  if (!clustering.empty()) count->set_column(clustering.front()->name);
  std::optional<uint64_t> rows;
  RETURN_IF_ERROR(client->ReadPages(
      std::move(request), [&rows](const v1::ReadResponse& page) {
        for (const v1::Row& row : page.rows()) {
          rows = static_cast<uint64_t>(row.values(0).int_value());
        }
        return absl::OkStatus();
      }));
  if (!rows) {
    return absl::DeadlineExceededError(
        "the time was over before the rows were");
  }
  return *rows;
}

}  // namespace rowan::cli
