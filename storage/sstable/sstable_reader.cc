// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "storage/sstable/format/footer.h"
#include "storage/sstable/loss/loss_codec.h"
#include "storage/sstable/salvaging_iterator.h"
#include "storage/sstable/statistics_codec.h"

namespace rowan {
namespace {

constexpr SectionKind kRequired[] = {
    SectionKind::kBlockIndex, SectionKind::kFilter, SectionKind::kStatistics,
    SectionKind::kSchema};

std::string_view SectionName(SectionKind kind) {
  switch (kind) {
    case SectionKind::kBlockIndex:
      return "block index";
    case SectionKind::kFilter:
      return "filter";
    case SectionKind::kStatistics:
      return "statistics";
    case SectionKind::kSchema:
      return "schema";
    case SectionKind::kLosses:
      return "losses";
  }
  return "unknown section";
}

// Reads `bytes` bytes at `offset`, all of them.
absl::StatusOr<std::string> ReadExactly(File* file, uint64_t offset,
                                        uint64_t bytes) {
  std::string out(bytes, '\0');
  ASSIGN_OR_RETURN(const size_t got, file->ReadAt(offset, out));
  if (got != bytes) {
    return absl::DataLossError(
        absl::StrCat("the file ends before offset ", offset + bytes));
  }
  return out;
}

absl::StatusOr<Footer> ReadFooter(File* file, uint64_t file_bytes) {
  const uint64_t bytes = std::min<uint64_t>(file_bytes, kFooterBytesMax);
  ASSIGN_OR_RETURN(const std::string tail,
                   ReadExactly(file, file_bytes - bytes, bytes));
  ASSIGN_OR_RETURN(Footer footer, ParseFooter(tail, file_bytes));
  for (const SectionKind kind : kRequired) {
    if (footer.Find(kind) != nullptr) continue;
    const std::string_view name = SectionName(kind);
    return absl::DataLossError(absl::StrCat(
        "footer: no section ", absl::string_view(name.data(), name.size())));
  }
  return footer;
}

// A section and where it stands, for what is wrong with it.
struct LoadedSection {
  std::string bytes;
  std::string where;
};

absl::StatusOr<LoadedSection> ReadSection(File* file, const Footer& footer,
                                          SectionKind kind) {
  const Section& section = *footer.Find(kind);
  const std::string_view name = SectionName(kind);
  LoadedSection loaded;
  loaded.where = absl::StrCat(absl::string_view(name.data(), name.size()),
                              " at offset ", section.offset);
  ASSIGN_OR_RETURN(loaded.bytes,
                   ReadExactly(file, section.offset, section.length));
  const uint32_t got =
      SectionChecksum(loaded.bytes, footer.file, kind, section.offset);
  if (got != section.checksum) {
    return absl::DataLossError(
        absl::StrFormat("%s: checksum want %08x got %08x", loaded.where,
                        section.checksum, got));
  }
  return loaded;
}

// Everything before the first section.
uint64_t DataEnd(const Footer& footer) {
  uint64_t end = UINT64_MAX;
  for (const Section& section : footer.sections) {
    end = std::min(end, section.offset);
  }
  return end;
}

// A good file in the place of another one: a disk, or who put files back, has
// confused them. Restored files carry the ids of the table that they came from,
// so that those can't be held against them.
absl::Status CheckName(const SSTableName& name, uint64_t file_bytes,
                       const SSTableStatistics& statistics) {
  if (name.bytes != 0 && name.bytes != file_bytes) {
    return absl::DataLossError(
        absl::StrCat("another file is in its place: has ", file_bytes,
                     " bytes, not ", name.bytes));
  }
  if (statistics.partition != name.partition) {
    return absl::DataLossError(
        absl::StrCat("another file is in its place: of partition ",
                     static_cast<int>(statistics.partition.prefix_length), ":",
                     statistics.partition.prefix_bits));
  }
  if (statistics.table == name.table && statistics.file != name.file) {
    return absl::DataLossError(absl::StrCat(
        "another file is in its place: file ", statistics.file.value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<SSTable>> SSTable::Open(
    FileSystem* fs, const std::string& path, std::optional<SSTableName> name) {
  ASSIGN_OR_RETURN(const std::shared_ptr<SSTableReader> reader,
                   SSTableReader::Open(fs, path));
  if (!name.has_value()) return reader;
  const absl::Status checked =
      CheckName(*name, reader->file_bytes(), reader->statistics());
  if (!checked.ok()) return Annotate(checked, path);
  reader->statistics_.file = name->file;
  return reader;
}

absl::StatusOr<std::shared_ptr<SSTableReader>> SSTableReader::Open(
    FileSystem* fs, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs->Open(path, OpenOptions{}));
  ASSIGN_OR_RETURN(const uint64_t file_bytes, file->Size());
  std::shared_ptr<SSTableReader> reader(new SSTableReader);
  const absl::Status loaded = reader->Load(path, file_bytes, std::move(file));
  if (!loaded.ok()) return Annotate(loaded, path);
  return reader;
}

absl::Status SSTableReader::Load(const std::string& path, uint64_t file_bytes,
                                 std::unique_ptr<File> file) {
  file_bytes_ = file_bytes;
  ASSIGN_OR_RETURN(const Footer footer, ReadFooter(file.get(), file_bytes));
  const uint64_t data_end = DataEnd(footer);
  ASSIGN_OR_RETURN(const LoadedSection index,
                   ReadSection(file.get(), footer, SectionKind::kBlockIndex));
  RETURN_IF_ERROR(Annotate(index_.Parse(index.bytes, data_end), index.where));
  ASSIGN_OR_RETURN(LoadedSection filter,
                   ReadSection(file.get(), footer, SectionKind::kFilter));
  filter_bytes_ = std::move(filter.bytes);
  RETURN_IF_ERROR(Annotate(filter_.Parse(filter_bytes_), filter.where));
  ASSIGN_OR_RETURN(const LoadedSection statistics,
                   ReadSection(file.get(), footer, SectionKind::kStatistics));
  auto decoded = DecodeStatistics(statistics.bytes);
  RETURN_IF_ERROR(Annotate(decoded.status(), statistics.where));
  statistics_ = *std::move(decoded);
  ASSIGN_OR_RETURN(const LoadedSection schema,
                   ReadSection(file.get(), footer, SectionKind::kSchema));
  auto decoded_schema = DecodeSchema(schema.bytes);
  RETURN_IF_ERROR(Annotate(decoded_schema.status(), schema.where));
  schema_ = *std::move(decoded_schema);
  if (footer.Find(SectionKind::kLosses) != nullptr) {
    ASSIGN_OR_RETURN(const LoadedSection lost,
                     ReadSection(file.get(), footer, SectionKind::kLosses));
    auto losses = DecodeLosses(lost.bytes);
    RETURN_IF_ERROR(Annotate(losses.status(), lost.where));
    losses_ = *std::move(losses);
  }
  source_ = std::make_unique<BlockSource>(
      path, footer.file, data_end, statistics_.data_bytes_raw, std::move(file));
  return absl::OkStatus();
}

std::unique_ptr<RowIterator> SSTableReader::NewSalvager(
    std::vector<SSTableLoss>* lost) {
  return std::make_unique<SalvagingIterator>(
      NewSSTableIterator(Blocking::kMayWait, nullptr), &statistics_, losses_,
      lost);
}

bool SSTableReader::MayContain(Token token) const {
  return index_.count() > 0 && statistics_.first_token <= token &&
         token <= statistics_.last_token && filter_.MayContain(token);
}

uint64_t SSTableReader::EstimateBytes(Token first, Token last) const {
  if (index_.count() == 0 || first > last || last < index_.first_token(0)) {
    return 0;
  }
  const size_t from = index_.Find(first, {});
  const size_t to = index_.Find(last, {});
  return index_.handle(to).end() - index_.SpanStart(from);
}

uint64_t SSTableReader::memory_bytes() const {
  return sizeof(*this) + index_.memory_bytes() + filter_bytes_.size() +
         filter_.directory_bytes() + statistics_.first_key.size() +
         statistics_.last_key.size() + statistics_.min_position.size() +
         statistics_.max_position.size() +
         schema_.columns.size() * sizeof(Column) +
         losses_.size() * (sizeof(SSTableLoss) + kLossWhatBytesMax);
}

}  // namespace rowan
