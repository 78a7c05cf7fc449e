// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/failure.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tools/rowan/client/exit_code.h"

namespace rowan::cli {
namespace {

std::string Printed(const absl::Status& status) {
  std::ostringstream out;
  PrintFailure(out, status);
  return out.str();
}

TEST(Failure, TellsReasonAndFieldOfRichErrors) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  info.set_reason("UNKNOWN_COLUMN");
  info.set_domain("rowan");
  rich.add_details()->PackFrom(info);
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("changes[0].upsert.columns[1]");
  rich.add_details()->PackFrom(bad);
  const grpc::Status status(grpc::StatusCode::INVALID_ARGUMENT, "no column x",
                            rich.SerializeAsString());
  const absl::Status failure = FromGrpc(status, "h:1");
  EXPECT_TRUE(absl::IsInvalidArgument(failure));
  const std::string printed = Printed(failure);
  EXPECT_NE(printed.find("rowan: no column x\n"), std::string::npos);
  EXPECT_NE(printed.find("(UNKNOWN_COLUMN)"), std::string::npos);
  EXPECT_NE(printed.find("changes[0].upsert.columns[1]"), std::string::npos);
}

TEST(Failure, DamagedDetailsAreLeftOut) {
  const grpc::Status status(grpc::StatusCode::INTERNAL, "broken", "\xff\xff");
  EXPECT_EQ(FromGrpc(status, "h:1").message(), "broken");
}

TEST(Failure, UnreachableNodeIsNamedWithWhatToTry) {
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE, "refused");
  const absl::Status failure = FromGrpc(status, "10.0.0.1:7270");
  EXPECT_NE(Printed(failure).find("try: is a node serving on 10.0.0.1:7270"),
            std::string::npos);
  EXPECT_EQ(ExitCodeOf(failure), ExitCode::kUnreachable);
}

TEST(Failure, TellsWhatToTryWhereItHelps) {
  const auto printed = [](grpc::StatusCode code) {
    return Printed(FromGrpc(grpc::Status(code, "message"), "h:1"));
  };
  EXPECT_NE(printed(grpc::StatusCode::ALREADY_EXISTS).find("--if-not-exists"),
            std::string::npos);
  EXPECT_NE(printed(grpc::StatusCode::RESOURCE_EXHAUSTED).find("--columns"),
            std::string::npos);
  EXPECT_NE(printed(grpc::StatusCode::DEADLINE_EXCEEDED).find("--timeout"),
            std::string::npos);
  EXPECT_EQ(printed(grpc::StatusCode::INTERNAL).find("try:"),
            std::string::npos);
}

TEST(Failure, FirstHintStays) {
  absl::Status failure = absl::NotFoundError("gone");
  failure = WithHint(WithHint(failure, "first"), "second");
  EXPECT_NE(Printed(failure).find("try: first"), std::string::npos);
}

TEST(ExitCode, EachClassOfErrorHasItsOwn) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kDone);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOf(absl::AlreadyExistsError("")), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("")), ExitCode::kDeadline);
  EXPECT_EQ(ExitCodeOf(absl::FailedPreconditionError("")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("")), ExitCode::kNotFound);
}

}  // namespace
}  // namespace rowan::cli
