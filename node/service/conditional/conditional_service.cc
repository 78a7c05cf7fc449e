// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/conditional_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/coordinator/increment.h"
#include "node/service/conditional/check_and_write.h"
#include "node/service/conditional/increment_decoder.h"
#include "node/service/key_decoder.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "partitioner/murmur3.h"

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

void ConditionalService::Increment(
    UnaryCall<v1::IncrementRequest, v1::IncrementResponse>* call) {
  const v1::IncrementRequest& request = call->request();
  absl::StatusOr<std::shared_ptr<const Schema>> schema =
      FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  absl::StatusOr<std::string> key =
      DecodePartitionKeyOf(**schema, request.partition_key());
  if (!key.ok()) {
    return call->Finish(InField(key.status(), "partition_key"));
  }
  absl::StatusOr<std::vector<CounterDelta>> deltas =
      DecodeIncrement(**schema, request);
  if (!deltas.ok()) return call->Finish(deltas.status());
  const Token token = TokenOfKey(*key);
  ConditionalWrite::Start(
      coordinator_,
      std::make_unique<rowan::Increment>(
          *schema, WideRowPlace{(*schema)->id, token, *std::move(key)},
          call->deadline_ns(), *std::move(deltas), request.request_id(),
          [call](const absl::StatusOr<IncrementResult>& result) {
            if (!result.ok()) return call->Finish(result.status());
            for (const int64_t value : result->values) {
              call->response()->add_values(value);
            }
            call->response()->set_already_counted(result->already_counted);
            call->Finish(absl::OkStatus());
          }));
}

}  // namespace rowan
