// SPDX-License-Identifier: Apache-2.0
#include "node/service/server/client_server.h"

#include <atomic>
#include <cstdint>
#include <latch>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;

// Calls any method with bytes as they are.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel,
                     const std::string& method, const std::string& request,
                     std::string* response) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::Slice slice(request);
  grpc::ByteBuffer out(&slice, 1), in;
  auto call = stub.PrepareUnaryCall(&context, method, out, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(&in, &status, nullptr);
  void* tag;
  bool ok;
  queue.Next(&tag, &ok);
  std::vector<grpc::Slice> slices;
  if (status.ok() && in.Dump(&slices).ok()) {
    response->clear();
    for (const grpc::Slice& part : slices) {
      response->append(reinterpret_cast<const char*>(part.begin()),
                       part.size());
    }
  }
  return status;
}

TEST(ClientServer, HealthSaysServing) {
  ServiceNode node;
  std::string response;
  ASSERT_TRUE(
      CallRaw(node.channel, "/grpc.health.v1.Health/Check", "", &response)
          .ok());
  EXPECT_EQ(response, std::string("\x08\x01"));  // status: SERVING
}

TEST(ClientServer, ReadOnlyNodeIsNotServingButAnswers) {
  ServiceNode node;
  node.CreateStandardTable();
  node.engine.FailWrites(absl::UnavailableError("the log has failed"));
  node.TurnReadOnly();
  const auto health = [&](std::string service) {
    // Field 1: the service's name.
    if (!service.empty()) {
      service = std::string("\n") + static_cast<char>(service.size()) + service;
    }
    std::string response;
    EXPECT_TRUE(CallRaw(node.channel, "/grpc.health.v1.Health/Check", service,
                        &response)
                    .ok());
    return response;
  };
  const std::string serving = "\x08\x01", not_serving = "\x08\x02";
  EXPECT_EQ(health(""), not_serving);
  EXPECT_EQ(health("rowan.v1.Data"), not_serving);
  EXPECT_EQ(health("rowan.v1.Admin"), serving);
  EXPECT_EQ(node.facts.state.load(), NodeState::kReadOnly);
  v1::ReadResponse page;
  EXPECT_TRUE(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page)
          .ok());
}

// Field 7 asks for the list of services.
constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

TEST(ClientServer, ReflectionIsThereOnlyWhenAskedFor) {
  ServiceNode with, without(4096, /*reflection=*/false);
  std::string response;
  EXPECT_TRUE(
      CallRaw(with.channel, kReflection, std::string("\x3a\x00", 2), &response)
          .ok());
  EXPECT_THAT(response, testing::HasSubstr("rowan.v1.Data"));
  EXPECT_EQ(CallRaw(without.channel, kReflection, std::string("\x3a\x00", 2),
                    &response)
                .error_code(),
            StatusCode::UNIMPLEMENTED);
}

TEST(ClientServer, GarbageIsRefusedAndTheConnectionGoesOn) {
  ServiceNode node;
  node.CreateStandardTable();
  std::string response;
  EXPECT_FALSE(
      CallRaw(node.channel, "/rowan.v1.Data/Read", "\xff\xff\xff", &response)
          .ok());
  EXPECT_EQ(CallRaw(node.channel, "/rowan.v1.Data/Nothing", "", &response)
                .error_code(),
            StatusCode::UNIMPLEMENTED);
  v1::ReadResponse page;
  EXPECT_TRUE(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page)
          .ok());
}

TEST(ClientServer, CompressedRequestsAreRefused) {
  ServiceNode node;
  node.CreateStandardTable();
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::WriteRequest write = PutA("k", 1, 1);
  auto* upsert = write.mutable_changes(0)->mutable_upsert();
  upsert->add_columns("b");
  *upsert->add_values() = Text(std::string(100'000, 'x'));
  v1::WriteResponse response;
  EXPECT_EQ(node.data->Write(&context, write, &response).error_code(),
            StatusCode::UNIMPLEMENTED);
}

TEST(ClientServer, OverloadIsAnErrorWithARetryHint) {
  ServiceNode node(/*requests_in_flight_max=*/0);
  v1::ReadResponse page;
  const CallError error = ErrorOf(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page));
  EXPECT_EQ(error.code, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(error.reason, "OVERLOADED");
  EXPECT_TRUE(error.retry_info);
}

TEST(ClientServer, ExpiredCallsAreDropped) {
  ServiceNode node;
  node.CreateStandardTable();
  grpc::ClientContext context;
  context.set_deadline(gpr_time_0(GPR_CLOCK_REALTIME));
  v1::WriteResponse response;
  EXPECT_EQ(node.data->Write(&context, PutA("k", 1, 1), &response).error_code(),
            StatusCode::DEADLINE_EXCEEDED);
}

TEST(ClientServer, TakenAddressIsAnError) {
  ServiceNode node;
  ServiceNode other;
  Metrics metrics;
  NodeFacts facts;
  SimClock clock;
  ThreadExecutor pollers(1, "pollers");
  EXPECT_TRUE(absl::IsUnavailable(
      ClientServer::Start({.address = node.facts.client_address},
                          {.metrics = &metrics,
                           .facts = &facts,
                           .clock = &clock,
                           .pollers = &pollers})
          .status()));
}

TEST(ClientServer, ManyClientsAtOnceAreAllAnsweredAndCounted) {
  ServiceNode node;
  node.CreateStandardTable();
  constexpr int kThreads = 8, kCalls = 100;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      auto stub = v1::Data::NewStub(node.NewChannel());
      for (int i = 0; i < kCalls; ++i) {
        v1::WriteResponse response;
        if (!Ask(stub.get(), &v1::Data::Stub::Write,
                 PutA(std::to_string(t), i, i), &response)
                 .ok()) {
          ++failed;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(node.metrics.Totals(Op::kWrite).by_code[0],
            static_cast<uint64_t>(kThreads * kCalls));
  EXPECT_EQ(node.metrics.in_flight(), 0);
}

constexpr int64_t kForEverMs = 3'600'000;

// gRPC says goodbye to each connection and waits for an answer, which a client
// that has no call under way gives when it next looks, or never.
TEST(ClientServer, StopWaitsForNoConnectionThatIsIdle) {
  ServiceNode node(4096, true, kForEverMs);
  node.CreateStandardTable();
  v1::ReadResponse page;
  ASSERT_TRUE(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page)
          .ok());
  node.StopServer();
  EXPECT_FALSE(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page)
          .ok());
}

// A change is held in its queue while the server stops.
class StoppingServer {
 public:
  explicit StoppingServer(int64_t patience_ms) : node(4096, true, patience_ms) {
    EXPECT_TRUE(node.changes
                    .Post(std::numeric_limits<int64_t>::max(),
                          [this](const absl::Status&) { held.wait(); })
                    .ok());
    client = std::thread([this] {
      v1::CreateKeyspaceRequest request;
      request.set_name("ks");
      v1::CreateKeyspaceResponse response;
      answer = Ask(node.schema.get(), &v1::Schema::Stub::CreateKeyspace,
                   request, &response);
    });
    while (node.metrics.in_flight() == 0) std::this_thread::yield();
    stopper = std::thread([this] { node.StopServer(); });
  }

  ServiceNode node;
  std::latch held{1};
  grpc::Status answer;
  std::thread client, stopper;
};

TEST(ClientServer, StopRefusesNewCallsAndWaitsForThoseUnderWay) {
  StoppingServer stopping(kForEverMs);
  CallError error;
  do {
    v1::NodeStatus status;
    error =
        ErrorOf(Ask(stopping.node.admin.get(), &v1::Admin::Stub::GetNodeStatus,
                    v1::GetNodeStatusRequest(), &status));
  } while (error.code == StatusCode::OK);
  EXPECT_EQ(error.code, StatusCode::UNAVAILABLE);
  EXPECT_EQ(error.reason, "UNAVAILABLE");
  EXPECT_TRUE(error.retry_info);
  stopping.held.count_down();
  stopping.client.join();
  EXPECT_TRUE(stopping.answer.ok()) << stopping.answer.error_message();
  stopping.stopper.join();
}

TEST(ClientServer, StopCancelsWhatOutlastsItsPatience) {
  StoppingServer stopping(/*patience_ms=*/1);
  stopping.client.join();
  EXPECT_FALSE(stopping.answer.ok());
  stopping.held.count_down();
  stopping.stopper.join();
}

TEST(AdminService, StatusSaysWhoAndHow) {
  ServiceNode node;
  node.CreateStandardTable();
  node.clock.AdvanceSeconds(42);
  v1::NodeStatus status;
  ASSERT_TRUE(Ask(node.admin.get(), &v1::Admin::Stub::GetNodeStatus,
                  v1::GetNodeStatusRequest(), &status)
                  .ok());
  EXPECT_EQ(status.name(), "n1");
  EXPECT_EQ(status.node_id().size(), 16u);
  EXPECT_EQ(status.state(), v1::NODE_STATE_SERVING);
  EXPECT_EQ(status.client_address(), node.facts.client_address);
  EXPECT_EQ(status.uptime_s(), 42u);
  EXPECT_EQ(status.keyspaces(), 1u);
  EXPECT_EQ(status.tables(), 1u);
  node.engine.FailWrites(absl::UnavailableError("sync failed"));
  ASSERT_TRUE(Ask(node.admin.get(), &v1::Admin::Stub::GetNodeStatus,
                  v1::GetNodeStatusRequest(), &status)
                  .ok());
  EXPECT_EQ(status.state(), v1::NODE_STATE_READ_ONLY);
  EXPECT_EQ(status.failure(), "sync failed");
  node.engine.FailWrites(absl::ResourceExhaustedError("no room"));
  ASSERT_TRUE(Ask(node.admin.get(), &v1::Admin::Stub::GetNodeStatus,
                  v1::GetNodeStatusRequest(), &status)
                  .ok());
  EXPECT_EQ(status.state(), v1::NODE_STATE_READ_ONLY);
  EXPECT_EQ(status.failure(), "");
  EXPECT_EQ(status.disk_full(), "no room");
}

TEST(AdminService, StatusTellsTheLastMinuteAndTheDisk) {
  ServiceNode node;
  node.CreateStandardTable();
  for (int ck = 0; ck < 20; ++ck) {
    v1::WriteResponse written;
    ASSERT_TRUE(
        Ask(node.data.get(), &v1::Data::Stub::Write, PutA("k", ck, 1), &written)
            .ok());
  }
  v1::ReadResponse page;
  ASSERT_TRUE(
      Ask(node.data.get(), &v1::Data::Stub::Read, ReadWideRow("k"), &page)
          .ok());
  node.clock.AdvanceSeconds(4);
  v1::NodeStatus status;
  ASSERT_TRUE(Ask(node.admin.get(), &v1::Admin::Stub::GetNodeStatus,
                  v1::GetNodeStatusRequest(), &status)
                  .ok());
  const v1::RecentLoad& recent = status.recent();
  EXPECT_DOUBLE_EQ(recent.window_s(), 4);
  EXPECT_DOUBLE_EQ(recent.writes_per_s(), 5);
  EXPECT_DOUBLE_EQ(recent.reads_per_s(), 0.25);
  // The clock stood still: all in the first step, up to 50 us.
  EXPECT_EQ(recent.write_p99_us(), 50u);
  EXPECT_EQ(recent.read_p99_us(), 50u);
  EXPECT_EQ(status.disk_free_bytes(), ServiceNode::kDiskFreeBytes);
  EXPECT_EQ(status.flush_tasks().running(), 0u);
  EXPECT_EQ(status.snapshot_bytes(), 0u);
}

TEST(AdminService, OrdersGoToOneTableOrAll) {
  ServiceNode node;
  node.CreateStandardTable();
  using Stub = v1::Admin::Stub;
  v1::FlushResponse flushed;
  v1::CompactResponse compacted;
  EXPECT_TRUE(
      Ask(node.admin.get(), &Stub::Flush, v1::FlushRequest(), &flushed).ok());
  EXPECT_TRUE(
      Ask(node.admin.get(), &Stub::Compact, v1::CompactRequest(), &compacted)
          .ok());
  v1::FlushRequest one;
  one.mutable_table()->set_name("ks.t");
  one.mutable_partition()->set_prefix_length(4);
  one.mutable_partition()->set_prefix_bits(15);
  EXPECT_TRUE(Ask(node.admin.get(), &Stub::Flush, one, &flushed).ok());
  one.mutable_partition()->set_prefix_bits(16);
  EXPECT_EQ(ErrorOf(Ask(node.admin.get(), &Stub::Flush, one, &flushed)).reason,
            "UNKNOWN_PARTITION");
  one.clear_table();
  EXPECT_EQ(ErrorOf(Ask(node.admin.get(), &Stub::Flush, one, &flushed)).reason,
            "MISSING_TABLE");
  one.mutable_table()->set_name("ks.none");
  EXPECT_EQ(ErrorOf(Ask(node.admin.get(), &Stub::Flush, one, &flushed)).reason,
            "UNKNOWN_TABLE");
}

TEST(AdminService, PartitionsAreListedInPages) {
  ServiceNode node;
  node.CreateStandardTable();
  v1::WriteResponse written;
  ASSERT_TRUE(
      Ask(node.data.get(), &v1::Data::Stub::Write, PutA("k", 1, 1), &written)
          .ok());
  v1::ListPartitionsRequest request;
  request.mutable_table()->set_name("ks.t");
  request.set_page_size(5);
  std::vector<int> pages;
  uint64_t wide_rows = 0;
  for (;;) {
    v1::ListPartitionsResponse page;
    ASSERT_TRUE(
        Ask(node.admin.get(), &v1::Admin::Stub::ListPartitions, request, &page)
            .ok());
    pages.push_back(page.partitions_size());
    for (const auto& partition : page.partitions()) {
      wide_rows += partition.memtable_wide_rows();
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  EXPECT_THAT(pages, ElementsAre(5, 5, 5, 1));
  EXPECT_EQ(wide_rows, 1u);
  request.set_page_token("nonsense");
  v1::ListPartitionsResponse page;
  EXPECT_EQ(ErrorOf(Ask(node.admin.get(), &v1::Admin::Stub::ListPartitions,
                        request, &page))
                .reason,
            "BAD_PAGE_TOKEN");
}

}  // namespace
}  // namespace rowan
