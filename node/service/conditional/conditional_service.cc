// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/conditional_service.h"

#include <memory>
#include <utility>

#include "node/service/conditional/check_and_write.h"
#include "node/service/table_lookup.h"

namespace rowan {

void ConditionalService::CheckAndWrite(
    UnaryCall<v1::CheckAndWriteRequest, v1::CheckAndWriteResponse>* call) {
  const v1::CheckAndWriteRequest& request = call->request();
  absl::StatusOr<std::shared_ptr<const Schema>> schema =
      FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  absl::StatusOr<std::unique_ptr<rowan::CheckAndWrite>> write =
      rowan::CheckAndWrite::Decode(
          *std::move(schema), request, coordinator_->clock().WallMicros(),
          call->deadline_ns(), call->response(),
          [call](const absl::Status& status) { call->Finish(status); });
  if (!write.ok()) return call->Finish(write.status());
  ConditionalWrite::Start(coordinator_, *std::move(write));
}

}  // namespace rowan
