// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WRITE_DECODER_H_
#define ROWAN_NODE_SERVICE_WRITE_DECODER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/service/cells/list_lookup.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/mutation.h"
#include "storage/model/schema.h"

namespace rowan {

// The moment a write is decoded at.
struct WriteMoment {
  int64_t now_us = 0;        // wall clock
  int64_t timestamp_us = 0;  // of changes that give none
};

// A timestamp that a client chose: not beyond now + 1 h. Blames no field.
absl::Status CheckTimestamp(int64_t timestamp_us, int64_t now_us);

// That no change brings a timestamp; else kInvalidArgument (BAD_TIMESTAMP)
// naming its place in `field`.
absl::Status CheckNoTimestamps(
    const google::protobuf::RepeatedPtrField<v1::Change>& changes,
    std::string_view field);

// Builds the mutation that `request` asks for, with views into it: it must live
// as long. kInvalidArgument with the field. The work of one pass over the
// changes; values that have another form in storage are kept in the mutation.
//
// Changes that read first are decoded twice, before and after the read: first
// `lists` is asked and the mutation says which rows are touched; when it
// answers, it is the mutation to write, and may be empty. Null: they are
// refused (kFailedPrecondition, READS_FIRST).
absl::StatusOr<Mutation> DecodeWrite(const Schema& schema,
                                     const v1::WriteRequest& request,
                                     const WriteMoment& moment,
                                     ListLookup* lists);

// The same for changes that stand in the field `field` of another request; none
// at all make an empty mutation. `partition_key` as storage has it.
absl::StatusOr<Mutation> DecodeChanges(
    const Schema& schema, std::string partition_key,
    const google::protobuf::RepeatedPtrField<v1::Change>& changes,
    std::string_view field, const WriteMoment& moment, ListLookup* lists);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WRITE_DECODER_H_
