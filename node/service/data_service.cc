// SPDX-License-Identifier: Apache-2.0
#include "node/service/data_service.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "node/coordinator/conditional_write.h"
#include "node/coordinator/queued_write.h"
#include "node/metadata/schema_changed.h"
#include "node/service/limits.h"
#include "node/service/read_decoder.h"
#include "node/service/row_encoder.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "node/service/write_decoder.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

using WriteCall = UnaryCall<v1::WriteRequest, v1::WriteResponse>;
using ReadStreamCall = StreamCall<v1::ReadRequest, v1::ReadResponse>;

// One page under way: the engine holds on to both until it answers.
struct PageRead {
  PageRead(DecodedRead decoded, v1::ReadResponse* response)
      : read(std::move(decoded)), rows(read, response) {}
  PageRead(const PageRead&) = delete;
  PageRead& operator=(const PageRead&) = delete;

  DecodedRead read;
  RowEncoder rows;
};

// A ReadStream: page after page, the next one only when the client has taken
// the one before. Deletes itself at its end.
class PageStream {
 public:
  PageStream(Coordinator* coordinator, ReadStreamCall* call, DecodedRead read)
      : coordinator_(coordinator), call_(call), read_(std::move(read)) {}

  void NextPage() {
    rows_.emplace(read_, call_->NewResponse());
    ReadPage(coordinator_, &read_, &*rows_,
             [this](absl::StatusOr<PageEnd> end) { OnPage(std::move(end)); });
  }

 private:
  void OnPage(absl::StatusOr<PageEnd> end) {
    if (!end.ok()) return Finish(end.status());
    v1::ReadResponse* const page = rows_->response();
    absl::Status status =
        FinishPage(call_->request(), read_, *rows_, *end, page);
    if (!status.ok()) return Finish(status);
    // Out of time, and not only of work for one page: the client goes on from
    // the token of this last page.
    const bool late =
        end->reason == EndReason::kTime &&
        coordinator_->clock().MonotonicNanos() >= read_.command.deadline_ns;
    const bool last = page->next_page_token().empty() || late;
    if (read_.command.limit != kUnlimited) {
      read_.command.limit -= std::min(read_.command.limit, end->rows);
    }
    read_.command.resume = std::move(end->resume);
    call_->Write([this, last](bool ok) {
      if (!ok) return Finish(absl::CancelledError("the client is gone"));
      if (last) return Finish(absl::OkStatus());
      NextPage();
    });
  }

  void Finish(const absl::Status& status) {
    ReadStreamCall* const call = call_;
    const absl::Status answer =
        UnlessAltered(*coordinator_->catalogue(), *read_.schema, status);
    delete this;
    call->Finish(answer);
  }

  static constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

  Coordinator* const coordinator_;
  ReadStreamCall* const call_;
  DecodedRead read_;
  std::optional<RowEncoder> rows_;
};

void FillSplits(const Schema& schema, uint32_t parts,
                const std::string& address, const Engine& engine,
                v1::SplitRangesResponse* response) {
  // The i-th part starts at i * 2^64 / parts.
  const auto start_of = [parts](uint32_t i) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(i) << 64) /
                                 parts);
  };
  for (uint32_t i = 0; i < parts; ++i) {
    const Token first{start_of(i)};
    const Token last =
        i + 1 == parts ? Token::Max() : Token{start_of(i + 1) - 1};
    v1::SplitRangesResponse::Split* split = response->add_splits();
    split->mutable_range()->set_first(first.ToSigned());
    split->mutable_range()->set_last(last.ToSigned());
    split->set_bytes(engine.EstimateBytes(schema.id, first, last));
    split->add_nodes(address);
  }
}

// What reads before it writes has to lie above what it read.
absl::Status CheckServerChooses(const v1::WriteRequest& request) {
  if (request.timestamp_us() == 0) {
    return CheckNoTimestamps(request.changes(), "changes");
  }
  return InField(BadRequest("BAD_TIMESTAMP",
                            "the server chooses the timestamp of what goes "
                            "through the wide row's queue"),
                 "timestamp_us");
}

// The changes of a Write that goes through the wide row's queue: deletions of
// counters, and operations on lists that read first.
class WriteInQueue final : public QueuedChanges {
 public:
  WriteInQueue(Coordinator* coordinator, std::shared_ptr<const Schema> schema,
               ListLookup lists, WriteCall* call)
      : coordinator_(coordinator),
        schema_(std::move(schema)),
        lists_(std::move(lists)),
        call_(call) {}

  void OnRow(const ResultRow& row) override { lists_.Take(row); }
  absl::StatusOr<Mutation> Make(int64_t timestamp_us) override {
    RETURN_IF_ERROR(UnlessColumnDropped(
        coordinator_->local_engine().FindTable(schema_->id).get(), *schema_,
        [this](ColumnId column) { return lists_.Asks(column); }));
    lists_.EndRead();
    ASSIGN_OR_RETURN(Mutation mutation,
                     DecodeWrite(*schema_, call_->request(),
                                 {.now_us = coordinator_->clock().WallMicros(),
                                  .timestamp_us = timestamp_us},
                                 &lists_));
    // Operations on lists may have found nothing to do.
    if (!mutation.empty()) call_->response()->set_timestamp_us(timestamp_us);
    return mutation;
  }

 private:
  Coordinator* const coordinator_;
  const std::shared_ptr<const Schema> schema_;
  ListLookup lists_;
  WriteCall* const call_;
};

}  // namespace

absl::StatusOr<DecodedRead> StartRead(const Coordinator& coordinator,
                                      const v1::ReadRequest& request,
                                      int64_t deadline_ns) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Schema> schema,
                   FindTable(*coordinator.catalogue(), request.table()));
  ASSIGN_OR_RETURN(DecodedRead read,
                   DecodeRead(std::move(schema), request,
                              coordinator.clock().WallSeconds()));
  read.command.deadline_ns = deadline_ns;
  return read;
}

void ReadPage(Coordinator* coordinator, DecodedRead* read,
              RowConsumer* consumer,
              absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) {
  if (read->serial) {
    SerialRead(coordinator, &read->command, consumer, std::move(done));
  } else {
    coordinator->Read(read->command, consumer, std::move(done));
  }
}

absl::StatusOr<int64_t> ChooseTimestamp(Coordinator& coordinator,
                                        int64_t requested_us) {
  if (requested_us == 0) return coordinator.NextTimestamp();
  RETURN_IF_ERROR(
      InField(CheckTimestamp(requested_us, coordinator.clock().WallMicros()),
              "timestamp_us"));
  return requested_us;
}

void DataService::Read(UnaryCall<v1::ReadRequest, v1::ReadResponse>* call) {
  absl::StatusOr<DecodedRead> read =
      StartRead(*coordinator_, call->request(), call->deadline_ns());
  if (!read.ok()) return call->Finish(read.status());
  auto page = std::make_unique<PageRead>(*std::move(read), call->response());
  PageRead* const at_work = page.get();
  ReadPage(coordinator_, &at_work->read, &at_work->rows,
           [call, coordinator = coordinator_,
            page = std::move(page)](const absl::StatusOr<PageEnd>& end) {
             absl::Status status = end.status();
             if (end.ok()) {
               status = FinishPage(call->request(), page->read, page->rows,
                                   *end, call->response());
             }
             call->Finish(UnlessAltered(*coordinator->catalogue(),
                                        *page->read.schema, status));
           });
}

void DataService::ReadStream(ReadStreamCall* call) {
  absl::StatusOr<DecodedRead> read =
      StartRead(*coordinator_, call->request(), call->deadline_ns());
  if (!read.ok()) return call->Finish(read.status());
  (new PageStream(coordinator_, call, *std::move(read)))->NextPage();
}

void DataService::Write(UnaryCall<v1::WriteRequest, v1::WriteResponse>* call) {
  const v1::WriteRequest& request = call->request();
  absl::StatusOr<std::shared_ptr<const Schema>> schema =
      FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  absl::StatusOr<int64_t> timestamp =
      ChooseTimestamp(*coordinator_, request.timestamp_us());
  if (!timestamp.ok()) return call->Finish(timestamp.status());
  ListLookup lists;
  absl::StatusOr<Mutation> decoded =
      DecodeWrite(**schema, request,
                  {.now_us = coordinator_->clock().WallMicros(),
                   .timestamp_us = *timestamp},
                  &lists);
  if (!decoded.ok()) return call->Finish(decoded.status());
  if ((*schema)->counts() || !lists.empty()) {
    const absl::Status status = CheckServerChooses(request);
    if (!status.ok()) return call->Finish(status);
    return QueuedWrite(
        coordinator_, *decoded,
        std::make_unique<WriteInQueue>(coordinator_, *std::move(schema),
                                       std::move(lists), call),
        call->deadline_ns(),
        [call](const absl::Status& ended) { call->Finish(ended); });
  }
  call->response()->set_timestamp_us(*timestamp);
  auto mutation = std::make_unique<Mutation>(*std::move(decoded));
  const Mutation& at_work = *mutation;
  coordinator_->Write(
      at_work, [call, mutation = std::move(mutation)](
                   const absl::Status& status) { call->Finish(status); });
}

void DataService::SplitRanges(
    UnaryCall<v1::SplitRangesRequest, v1::SplitRangesResponse>* call) {
  const v1::SplitRangesRequest& request = call->request();
  absl::StatusOr<std::shared_ptr<const Schema>> schema =
      FindTable(*coordinator_->catalogue(), request.table());
  if (!schema.ok()) return call->Finish(schema.status());
  if (request.ranges() > kSplitsMax) {
    return call->Finish(
        InField(OverLimit(absl::StatusCode::kInvalidArgument, "ranges",
                          request.ranges(), kSplitsMax),
                "ranges"));
  }
  const uint32_t parts = request.ranges() == 0
                             ? uint32_t{1}
                                   << (*schema)->options.partition_prefix_length
                             : request.ranges();
  FillSplits(**schema, parts, facts_->client_address,
             coordinator_->local_engine(), call->response());
  call->Finish(absl::OkStatus());
}

}  // namespace rowan
