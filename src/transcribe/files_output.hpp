// SPDX-License-Identifier: Apache-2.0
// What `vigie transcribe` writes: lines for people or for programs, in the order of the files, and
// subtitles beside them. One thread at a time.
#pragma once
#include <deque>
#include <fstream>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/subtitles.hpp"
#include "transcribe/files.hpp"

namespace vigie::transcribe {

struct Spoken {
  Span start{0};
  Span end{0};
  Transcript transcript;
};

// "00:01:02.345"
std::string clock_of(Span span);

// A number for a JSON line: no more digits than mean something.
double rounded(double value, double per_unit);

class FilesOutput {
 public:
  FilesOutput(const FilesOptions& options, std::ostream& out, std::ostream& problems,
              ProgressView* progress);

  // Makes the folders of subtitles. Errc::unavailable when that fails.
  Result<> prepare();

  // The next words of a file, in its order.
  void say(std::size_t file, Spoken spoken);

  // Nothing comes from this file any more. Of one that was heard there are subtitles, were it only
  // their head.
  void end(std::size_t file, bool was_heard);

  // At once, whatever the order.
  void complain(std::string_view what, std::string_view words);

  void write_line(const std::string& line);
  void write_remark(const std::string& line);

 private:
  struct Sheet {  // subtitles of one file in one format
    CaptionFormat format;
    std::ofstream file;
  };
  struct Page {
    std::string name;
    std::string sheet_name;  // without extension, unlike any other
    std::vector<Sheet> sheets;
    std::int64_t captions = 0;
    std::deque<Spoken> held;  // until it is this file's turn
    bool is_open = false;
    bool has_ended = false;
  };

  void open_sheets(Page& page);
  void add_sheet(Page& page, CaptionFormat format, const std::string& folder,
                 std::string_view extension);
  void print(const Page& page, const Spoken& spoken);
  void hide_progress();

  const FilesOptions& options_;
  std::ostream& out_;
  std::ostream& problems_;
  ProgressView* progress_;
  std::deque<Page> pages_;
  std::size_t turn_ = 0;  // whose lines go out as they come
  std::string last_name_;
};

}  // namespace vigie::transcribe
