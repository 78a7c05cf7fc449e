// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_DATA_SERVICE_H_
#define ROWAN_NODE_SERVICE_DATA_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/metrics/node_facts.h"
#include "node/service/call.h"
#include "node/service/read_decoder.h"
#include "rowan/v1/data.pb.h"

namespace rowan {

// rowan.v1.Data, but for the batches: decodes a request, hands it to the
// coordinator, and finishes the call from the answer's callback. Stateless and
// thread-safe; the coordinator and facts outlive it.
class DataService {
 public:
  DataService(Coordinator* coordinator, const NodeFacts* facts)
      : coordinator_(coordinator), facts_(facts) {}

  void Read(UnaryCall<v1::ReadRequest, v1::ReadResponse>* call);
  void ReadStream(StreamCall<v1::ReadRequest, v1::ReadResponse>* call);
  void Write(UnaryCall<v1::WriteRequest, v1::WriteResponse>* call);
  void SplitRanges(
      UnaryCall<v1::SplitRangesRequest, v1::SplitRangesResponse>* call);

 private:
  Coordinator* const coordinator_;
  const NodeFacts* const facts_;
};

// The read that a request asks for, its table looked up.
absl::StatusOr<DecodedRead> StartRead(const Coordinator& coordinator,
                                      const v1::ReadRequest& request,
                                      int64_t deadline_ns);

// One page of it: in the queue of conditional writes when it is serial, and
// then its first page sets now_s. As Coordinator::Read.
void ReadPage(Coordinator* coordinator, DecodedRead* read,
              RowConsumer* consumer,
              absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done);

// The timestamp of changes that give none: the client's, or the node's.
absl::StatusOr<int64_t> ChooseTimestamp(Coordinator& coordinator,
                                        int64_t requested_us);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_DATA_SERVICE_H_
