// SPDX-License-Identifier: Apache-2.0
// What the person typed, as values. Every configuration key is also a flag (--risk-threshold 0.8).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigie::app {

struct CommandLine {
  std::vector<std::string> command;          // {"serve"}, {"admin", "create"} …
  std::map<std::string, std::string> flags;  // configuration keys by name
  std::string config_file;                   // --config; empty: vigie.toml here, if there is one

  std::vector<std::string> roles;  // serve
  std::vector<std::string> files;  // transcribe, eval; model fetch: names
  std::string language;            // transcribe; empty: from the configuration
  std::string model;               // transcribe; a name or a folder
  std::string analyser;            // analyse, eval
  int workers = 0;                 // transcribe; 0: one a core
  std::string srt_folder;          // transcribe; empty: no subtitles
  std::string vtt_folder;
  bool json = false;
  std::string username;  // admin, token
  std::string email;     // admin create
  std::string role;      // admin create
  std::string scope;     // token create
  std::string head;      // audit verify; empty: none was kept
};

// Either what to do, or how to end at once: help (0) or a mistake (64, said on standard error).
struct Parsed {
  std::optional<CommandLine> command_line;
  int exit_code = 0;
};

Parsed parse_command_line(int count, const char* const* arguments);

}  // namespace vigie::app
