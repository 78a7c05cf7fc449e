// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/request_error.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(DiskError, TellsTheClientWhatToDoAndTheOperatorWhatTheSystemSaid) {
  testing::internal::CaptureStderr();
  const absl::Status told =
      DiskError(absl::ResourceExhaustedError("/secret/x.sst: no space"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("/secret/x.sst: no space"));
  v1::Error error;
  FillError(told, &error);
  EXPECT_EQ(error.reason(), "DISK_FULL");
  EXPECT_THAT(error.message(), Not(HasSubstr("secret")));
}

TEST(DiskError, LeavesWhatHasAReasonAlone) {
  testing::internal::CaptureStderr();
  const absl::Status limit = OverLimit(absl::StatusCode::kResourceExhausted,
                                       "number of snapshots", 11, 10);
  EXPECT_EQ(DiskError(limit), limit);
  EXPECT_EQ(DiskError(absl::NotFoundError("x")).message(), "x");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
}

}  // namespace
}  // namespace rowan
