// SPDX-License-Identifier: Apache-2.0
#include "transcribe/files_output.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <filesystem>
#include <ostream>
#include <set>

#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::size_t longest_sheet_name = 100;

double milliseconds_of(Span span) {
  return rounded(to_seconds(span), 1000);
}

std::string as_json(const std::string& name, const Spoken& spoken) {
  return boost::json::serialize(
      boost::json::object{{"file", name},
                          {"start", milliseconds_of(spoken.start)},
                          {"end", milliseconds_of(spoken.end)},
                          {"text", spoken.transcript.text},
                          {"language", spoken.transcript.language},
                          {"confidence", rounded(spoken.transcript.confidence, 1000)},
                          {"uncertain", spoken.transcript.uncertain}});
}

// "../a/b.c.mp3" → "b.c"; of an address the last part of its path; "-" → "stdin".
std::string stem_of(std::string_view name) {
  if (name == "-") {
    return "stdin";
  }
  const bool is_address = name.starts_with("http://") || name.starts_with("https://");
  const std::string path{is_address ? name.substr(0, name.find_first_of("?#")) : name};
  auto stem = std::filesystem::path{path}.stem().string();
  stem = cut_utf8(stem, longest_sheet_name);
  return stem.empty() || stem == "." || stem == ".." ? "sound" : stem;
}

}  // namespace

double rounded(double value, double per_unit) {
  return std::round(value * per_unit) / per_unit;
}

std::string clock_of(Span span) {
  const auto milliseconds = span.count() / 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", milliseconds / 3'600'000,
                     milliseconds / 60'000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
}

FilesOutput::FilesOutput(const FilesOptions& options, std::ostream& out, std::ostream& problems,
                         ProgressView* progress)
    : options_{options}, out_{out}, problems_{problems}, progress_{progress} {
  std::set<std::string> taken;
  for (const auto& name : options.files) {
    const auto stem = stem_of(name);
    auto own = stem;
    for (int number = 2; !taken.insert(own).second; ++number) {
      own = fmt::format("{}-{}", stem, number);
    }
    auto& page = pages_.emplace_back();
    page.name = name;
    page.sheet_name = std::move(own);
  }
}

Result<> FilesOutput::prepare() {
  for (const auto& folder : {options_.srt_folder, options_.vtt_folder}) {
    std::error_code failure;
    if (!folder.empty()) {
      std::filesystem::create_directories(folder, failure);
    }
    if (failure) {
      return make_error(Errc::unavailable, "{}: no subtitles can be written there: {}", folder,
                        failure.message());
    }
  }
  return {};
}

void FilesOutput::say(std::size_t file, Spoken spoken) {
  auto& page = pages_.at(file);
  open_sheets(page);
  ++page.captions;
  for (auto& sheet : page.sheets) {
    const Caption caption{.start = spoken.start, .end = spoken.end, .text = spoken.transcript.text};
    sheet.file << to_text(caption, sheet.format, page.captions);
    sheet.file.flush();
  }
  if (file == turn_) {
    print(page, spoken);
  } else {
    page.held.push_back(std::move(spoken));
  }
}

void FilesOutput::end(std::size_t file, bool was_heard) {
  auto& ended = pages_.at(file);
  if (was_heard) {
    open_sheets(ended);
  }
  for (const auto& sheet : ended.sheets) {
    if (!sheet.file) {
      complain(ended.name,
               "its subtitles could not be written; cure: look at the room on the disk");
    }
  }
  ended.sheets.clear();
  ended.has_ended = true;
  while (turn_ < pages_.size() && pages_[turn_].has_ended) {
    ++turn_;
    if (turn_ < pages_.size()) {
      for (auto& held = pages_[turn_].held; !held.empty(); held.pop_front()) {
        print(pages_[turn_], held.front());
      }
    }
  }
}

void FilesOutput::complain(std::string_view what, std::string_view words) {
  hide_progress();
  problems_ << what << ": " << words << '\n';
  problems_.flush();
}

void FilesOutput::write_line(const std::string& line) {
  hide_progress();
  out_ << line << '\n';
  out_.flush();
}

void FilesOutput::write_remark(const std::string& line) {
  hide_progress();
  problems_ << line << '\n';
  problems_.flush();
}

void FilesOutput::open_sheets(Page& page) {
  if (std::exchange(page.is_open, true)) {
    return;
  }
  add_sheet(page, CaptionFormat::srt, options_.srt_folder, ".srt");
  add_sheet(page, CaptionFormat::vtt, options_.vtt_folder, ".vtt");
}

void FilesOutput::add_sheet(Page& page, CaptionFormat format, const std::string& folder,
                            std::string_view extension) {
  if (folder.empty()) {
    return;
  }
  auto path = std::filesystem::path{folder} / page.sheet_name;
  path += extension;
  Sheet sheet{.format = format, .file = std::ofstream{path, std::ios::binary}};
  sheet.file << caption_head(format);
  page.sheets.push_back(std::move(sheet));
}

void FilesOutput::print(const Page& page, const Spoken& spoken) {
  if (options_.json) {
    write_line(as_json(page.name, spoken));
    return;
  }
  if (options_.files.size() > 1 && page.name != last_name_) {
    write_line((last_name_.empty() ? "" : "\n") + page.name);
    last_name_ = page.name;
  }
  write_line(fmt::format("{}  {}{}", clock_of(spoken.start), spoken.transcript.text,
                         spoken.transcript.uncertain ? "  (?)" : ""));
}

void FilesOutput::hide_progress() {
  if (progress_ != nullptr) {
    progress_->hide();
  }
}

}  // namespace vigie::transcribe
