// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class NodeTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) /
                 ("rowan_node_test_" + std::to_string(getpid()));
    fs::remove_all(directory_);
    config_ = DefaultConfig();
    config_.data_dir = directory_.string();
    config_.listen_client = "127.0.0.1:0";
    config_.listen_http = "127.0.0.1:0";
    config_.log_level = "error";
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::unique_ptr<v1::Schema::Stub> SchemaOf(const Node& node) {
    return v1::Schema::NewStub(grpc::CreateChannel(
        node.client_address(), grpc::InsecureChannelCredentials()));
  }

  fs::path directory_;
  NodeConfig config_;
};

TEST_F(NodeTest, KeepsItsTablesAndNameOverARestart) {
  std::string name;
  for (int run = 0; run < 2; ++run) {
    auto node = Node::Start(config_);
    ASSERT_TRUE(node.ok()) << node.status();
    const auto schema = SchemaOf(**node);
    if (run == 0) {
      v1::CreateKeyspaceRequest request;
      request.set_name("ks");
      v1::CreateKeyspaceResponse response;
      EXPECT_TRUE(Ask(schema.get(), &v1::Schema::Stub::CreateKeyspace, request,
                      &response)
                      .ok());
    } else {
      v1::ListKeyspacesResponse response;
      EXPECT_TRUE(Ask(schema.get(), &v1::Schema::Stub::ListKeyspaces,
                      v1::ListKeyspacesRequest(), &response)
                      .ok());
      ASSERT_EQ(response.keyspaces_size(), 1);
      EXPECT_EQ(response.keyspaces(0).name(), "ks");
    }
    EXPECT_TRUE((*node)->Stop(/*drain=*/run == 0).ok());
  }
}

TEST_F(NodeTest, SecondNodeOnItsDirectoryIsRefused) {
  auto first = Node::Start(config_);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Node::Start(config_);
  EXPECT_THAT(second.status().message(), HasSubstr("in use"));
  EXPECT_TRUE((*first)->Stop(false).ok());
}

TEST_F(NodeTest, TakenPortGivesEverythingBack) {
  auto first = Node::Start(config_);
  ASSERT_TRUE(first.ok()) << first.status();
  NodeConfig other = config_;
  other.data_dir = (directory_ / "other").string();
  other.listen_client = (*first)->client_address();
  EXPECT_THAT(Node::Start(other).status().message(),
              HasSubstr("can't listen on"));
  other.listen_client = "127.0.0.1:0";
  auto second = Node::Start(other);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE((*second)->Stop(false).ok());
  EXPECT_TRUE((*first)->Stop(false).ok());
}

TEST_F(NodeTest, CatalogueDamagedInBothFilesStopsTheStart) {
  {
    auto node = Node::Start(config_);
    ASSERT_TRUE(node.ok()) << node.status();
    v1::CreateKeyspaceRequest request;
    request.set_name("ks");
    v1::CreateKeyspaceResponse response;
    EXPECT_TRUE(Ask(SchemaOf(**node).get(), &v1::Schema::Stub::CreateKeyspace,
                    request, &response)
                    .ok());
    EXPECT_TRUE((*node)->Stop(false).ok());
  }
  fs::resize_file(directory_ / "metadata" / "catalogue", 20);
  fs::resize_file(directory_ / "metadata" / "catalogue.copy", 20);
  const auto node = Node::Start(config_);
  ASSERT_TRUE(absl::IsDataLoss(node.status()));
  EXPECT_THAT(node.status().message(), HasSubstr("metadata/catalogue"));
}

}  // namespace
}  // namespace rowan
