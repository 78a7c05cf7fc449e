// SPDX-License-Identifier: Apache-2.0
#include "storage/base/posix_file_system.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/posix_file.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr OpenOptions kCreate{.write = true, .create = true};

class PosixFileSystemTest : public ::testing::Test {
 protected:
  PosixFileSystemTest() {
    std::string name = ::testing::TempDir() + "rowan-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  ~PosixFileSystemTest() override { RemoveAll(dir_); }

  void RemoveAll(const std::string& path) {
    auto names = fs_.List(path);
    if (!names.ok()) {
      EXPECT_TRUE(fs_.Remove(path).ok());
      return;
    }
    for (const std::string& name : *names) RemoveAll(path + "/" + name);
    EXPECT_TRUE(fs_.RemoveDirectory(path).ok());
  }
  std::string Path(const std::string& name) { return dir_ + "/" + name; }
  std::unique_ptr<File> Create(const std::string& name) {
    auto file = fs_.Open(Path(name), kCreate);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  PosixFileSystem fs_{2};
  std::string dir_;
};

TEST_F(PosixFileSystemTest, ReadsWhatWasWritten) {
  auto file = Create("a");
  ASSERT_TRUE(file->WriteAt(2, "hello").ok());
  ASSERT_TRUE(file->Sync().ok());
  char out[16] = {};
  EXPECT_EQ(file->ReadAt(0, out).value(), 7u);
  EXPECT_EQ(std::string(out, 7), std::string("\0\0hello", 7));
  EXPECT_EQ(file->ReadAt(7, out).value(), 0u);
  EXPECT_EQ(file->Size().value(), 7u);
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_EQ(file->ReadAt(0, out).value(), 4u);
}

TEST_F(PosixFileSystemTest, ReadGoesOnWhereTheSystemGaveLess) {
  // Whatever is asked for, the kernel gives a few pages of it at a time.
  constexpr char kPath[] = "/proc/self/smaps";
  std::string out(1 << 20, '\0');
  const int fd = ::open(kPath, O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  const ssize_t once = ::pread(fd, out.data(), out.size(), 0);
  const ssize_t more = ::pread(fd, out.data(), out.size(), once);
  ::close(fd);
  ASSERT_GT(more, 0);
  EXPECT_GT(fs_.Open(kPath, {}).value()->ReadAt(0, out).value(),
            static_cast<size_t>(once));
}

TEST_F(PosixFileSystemTest, CachedReadIsRightOrWouldBlock) {
  auto file = Create("a");
  ASSERT_TRUE(file->WriteAt(0, "hello").ok());
  char out[16] = {};
  auto n = file->ReadAtIfCached(1, out);
  if (n.ok()) {
    EXPECT_EQ(std::string(out, *n), "ello");
  } else {
    EXPECT_TRUE(IsWouldBlock(n.status())) << n.status();
  }
}

TEST_F(PosixFileSystemTest, AsynchronousFormsCallBack) {
  auto file = Create("a");
  for (const WriteDurability durability :
       {WriteDurability::kBuffered, WriteDurability::kDurable}) {
    std::promise<absl::Status> written, synced;
    std::promise<absl::StatusOr<size_t>> read;
    file->WriteAsync(1, "xyz", durability,
                     [&](absl::Status s) { written.set_value(s); });
    EXPECT_TRUE(written.get_future().get().ok());
    file->SyncAsync([&](absl::Status s) { synced.set_value(s); });
    EXPECT_TRUE(synced.get_future().get().ok());
    char out[8];
    file->ReadAsync(2, out, [&](absl::StatusOr<size_t> n) {
      read.set_value(std::move(n));
    });
    EXPECT_EQ(read.get_future().get().value(), 2u);
    EXPECT_EQ(std::string(out, 2), "yz");
  }
}

TEST_F(PosixFileSystemTest, DirectFilesReadAndWriteAlignedBlocks) {
  alignas(kDirectIoAlignment) static char block[2 * kDirectIoAlignment];
  std::fill_n(block, sizeof(block), 'd');
  auto file =
      fs_.Open(
             Path("a"),
             {.write = true, .create = true, .exclusive = true, .direct = true})
          .value();
  ASSERT_TRUE(file->WriteAt(0, {block, kDirectIoAlignment}).ok());
  std::promise<absl::Status> written;
  file->WriteAsync(kDirectIoAlignment, {block, kDirectIoAlignment},
                   WriteDurability::kDurable,
                   [&](absl::Status s) { written.set_value(s); });
  ASSERT_TRUE(written.get_future().get().ok());
  // A file that ends in mid-block: the read stops there.
  ASSERT_TRUE(file->Truncate(kDirectIoAlignment + 100).ok());
  std::fill_n(block, sizeof(block), 0);
  EXPECT_EQ(file->ReadAt(0, block).value(), kDirectIoAlignment + 100);
  EXPECT_EQ(block[kDirectIoAlignment + 99], 'd');
}

TEST_F(PosixFileSystemTest, ErrorsSayWhichKindAndWhichFile) {
  auto missing = fs_.Open(Path("none"), {}).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr(Path("none")));
  Create("a");
  EXPECT_EQ(
      fs_.Open(Path("a"), {.write = true, .create = true, .exclusive = true})
          .status()
          .code(),
      absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(fs_.Open(dir_, {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(fs_.Open(Path("a"), {}).value()->WriteAt(0, "x").code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(fs_.RemoveDirectory(dir_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(fs_.CreateDirectory(Path("a")).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(fs_.SyncDirectory(Path("none")).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PosixFileSystemTest, ErrnoTable) {
  EXPECT_TRUE(absl::IsDataLoss(PosixError(EIO, "f", "write")));
  EXPECT_TRUE(absl::IsResourceExhausted(PosixError(ENOSPC, "f", "write")));
  EXPECT_TRUE(absl::IsResourceExhausted(PosixError(EMFILE, "f", "open")));
  EXPECT_TRUE(absl::IsPermissionDenied(PosixError(EACCES, "f", "open")));
  EXPECT_EQ(PosixError(EIO, "f", "write").message(),
            "f: write: Input/output error");
}

TEST_F(PosixFileSystemTest, NamesCanBeMadeMovedLinkedAndListed) {
  ASSERT_TRUE(fs_.CreateDirectory(Path("x/y/z")).ok());
  ASSERT_TRUE(fs_.CreateDirectory(Path("x/y/z")).ok());
  Create("x/b");
  Create("x/a");
  ASSERT_TRUE(fs_.Rename(Path("x/a"), Path("x/c")).ok());
  ASSERT_TRUE(fs_.Link(Path("x/c"), Path("x/d")).ok());
  ASSERT_TRUE(fs_.Remove(Path("x/b")).ok());
  ASSERT_TRUE(fs_.SyncDirectory(Path("x")).ok());
  EXPECT_THAT(fs_.List(Path("x")).value(), ElementsAre("c", "d", "y"));
  EXPECT_TRUE(fs_.Exists(Path("x/c")).value());
  EXPECT_FALSE(fs_.Exists(Path("x/a")).value());
  EXPECT_FALSE(fs_.Exists(Path("x/c/below-a-file")).value());
  EXPECT_GT(fs_.FreeBytes(dir_).value(), 0u);
}

TEST_F(PosixFileSystemTest, SecondLockIsRefusedUntilTheFirstIsGone) {
  auto first = fs_.Lock(Path("LOCK")).value();
  EXPECT_EQ(fs_.Lock(Path("LOCK")).status().code(),
            absl::StatusCode::kFailedPrecondition);
  first.reset();
  EXPECT_TRUE(fs_.Lock(Path("LOCK")).ok());
}

}  // namespace
}  // namespace rowan
