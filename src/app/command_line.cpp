// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "app/exit_codes.hpp"
#include "base/text.hpp"
#include "config/config.hpp"

namespace vigie::app {
namespace {

// RISK_THRESHOLD → --risk-threshold
std::string flag_of(std::string_view key) {
  auto flag = "--" + to_lower_ascii(key);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

void add_configuration(CLI::App& app, CommandLine& line) {
  for (const auto& key : config::keys()) {
    const std::string name{key.name};
    app.add_option_function<std::string>(
           flag_of(key.name), [&line, name](const std::string& value) { line.flags[name] = value; },
           std::string{key.sentence})
        ->group("Configuration (also environment variables and vigie.toml)");
  }
  app.add_option("--config", line.config_file, "The configuration file (default: vigie.toml here)");
}

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& sentence) {
  auto* command = parent.add_subcommand(name, sentence);
  command->fallthrough();
  return command;
}

CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& sentence) {
  auto* group = add_command(parent, name, sentence);
  group->require_subcommand(1);
  return group;
}

void add_work_commands(CLI::App& app, CommandLine& line) {
  auto* serve = add_command(app, "serve", "Run Vigie: follow, listen, judge, and answer browsers");
  serve->add_option("--roles", line.roles, "web, watch, listen, analyse (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember({"web", "watch", "listen", "analyse"}));

  auto* transcribe = add_command(app, "transcribe", "Write down what is said");
  transcribe
      ->add_option("files", line.files,
                   "Sound or video files, http(s) addresses (live ones until Ctrl-C), - for "
                   "standard input")
      ->required();
  transcribe->add_option("--language", line.language, "fr, en … or auto");
  transcribe->add_option("--model", line.model, "A model's name or folder");
  transcribe->add_option("--workers", line.workers, "Threads (default: one a core)")
      ->check(CLI::Range(0, 64));
  transcribe->add_flag("--json", line.json, "One JSON object a line");
  transcribe->add_option("--srt", line.srt_folder, "Write NAME.srt of each file in this folder");
  transcribe->add_option("--vtt", line.vtt_folder, "Write NAME.vtt of each file in this folder");

  auto* analyse =
      add_command(app, "analyse", "Judge windows of text, one a line on standard input");
  analyse->add_option("--analyser", line.analyser, "embedded or llm")
      ->check(CLI::IsMember({"embedded", "llm"}));
  analyse->add_flag("--json", line.json, "One JSON object a line (always so)");

  auto* eval = add_command(app, "eval", "Measure the analyser on labelled sets");
  eval->add_option("files", line.files, "SET.tsv: text, label, target, source, split, group, extra")
      ->required();
  eval->add_option("--analyser", line.analyser, "embedded or llm")
      ->check(CLI::IsMember({"embedded", "llm"}));
  eval->add_flag("--json", line.json, "One JSON object a line");
}

void add_people_commands(CLI::App& app, CommandLine& line) {
  auto* admin = add_group(app, "admin", "People (a password is the first line of standard input)");
  auto* create = add_command(*admin, "create", "Create a person and print their id");
  create->add_option("--username", line.username, "Their name")->required();
  create->add_option("--email", line.email, "Their address");
  create->add_option("--role", line.role, "user, moderator, admin or auditor (default: admin)");
  auto* reset =
      add_command(*admin, "reset",
                  "Give a person a new password, without a second factor, and end their sessions");
  reset->add_option("--username", line.username, "Their name")->required();
  auto* disable = add_command(*admin, "disable", "Shut a person out and end their sessions");
  disable->add_option("--username", line.username, "Their name")->required();

  auto* token = add_group(app, "token", "Tokens for programs");
  auto* token_create = add_command(*token, "create", "Create a token and print it, once");
  token_create->add_option("--username", line.username, "On whose behalf")->required();
  token_create->add_option("--scope", line.scope, "read or write (default: read)")
      ->check(CLI::IsMember({"read", "write"}));
}

void add_operation_commands(CLI::App& app, CommandLine& line) {
  auto* db = add_group(app, "db", "The database");
  add_command(*db, "migrate", "Bring the schema up to date");
  add_command(*db, "status", "Say which schema the database has");
  auto* audit = add_group(app, "audit", "Who did what");
  auto* verify = add_command(*audit, "verify",
                             "Walk the chain of the audit: how many lines, its head, and the first "
                             "line that is not as it was written (exit status 1)");
  verify->add_option("--head", line.head,
                     "A head printed or logged earlier (LINES:SHA256), to notice lines that were "
                     "taken off the end");
  add_command(*audit, "export", "Print every line as JSON, oldest first; this is noted too");
  auto* config = add_group(app, "config", "The configuration");
  add_command(*config, "show", "Every key, its value and where it comes from; secrets hidden");
  add_command(*config, "check", "Say everything that is wrong with it");
  add_command(*config, "reference", "The reference of keys, in Markdown");
  auto* model = add_group(app, "model", "Speech models");
  add_command(*model, "list", "The models there are, which are here, and which one is used");
  auto* fetch = add_command(*model, "fetch", "Bring models here; what was begun goes on");
  fetch->add_option("names", line.files, "tiny, base, small, medium, large …")->required();
  add_command(app, "doctor", "Check what Vigie needs, and say the cure of what is missing");
  auto* version = add_command(app, "version", "Print the version");
  version->add_flag("--json", line.json, "As JSON");
}

void read_command(const CLI::App& app, CommandLine& line) {
  for (const auto* command : app.get_subcommands()) {
    line.command.push_back(command->get_name());
    read_command(*command, line);
  }
}

std::vector<std::string_view> known_flags() {
  static const auto flags = [] {
    std::vector<std::string> names;
    for (const auto& key : config::keys()) {
      names.push_back(flag_of(key.name));
    }
    return names;
  }();
  return {flags.begin(), flags.end()};
}

// "--risk-treshold" → " (did you mean --risk-threshold?)"
std::string suggestion_for(int count, const char* const* arguments) {
  const auto flags = known_flags();
  for (int i = 1; i < count; ++i) {
    const auto word = split(arguments[i], '=').front();
    if (word.starts_with("--") && std::ranges::find(flags, word) == flags.end()) {
      const auto near = nearest(word, flags);
      if (!near.empty()) {
        return fmt::format(" (did you mean {}?)", near);
      }
    }
  }
  return {};
}

}  // namespace

Parsed parse_command_line(int count, const char* const* arguments) {
  CommandLine line;
  CLI::App app{"Vigie: follow public lives, listen, judge, and let people decide", "vigie"};
  app.require_subcommand(1);
  app.fallthrough();
  add_configuration(app, line);
  add_work_commands(app, line);
  add_people_commands(app, line);
  add_operation_commands(app, line);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return {.command_line = std::nullopt, .exit_code = app.exit(error)};
    }
    std::cerr << "vigie: " << error.what() << suggestion_for(count, arguments)
              << "\nvigie --help lists the commands.\n";
    return {.command_line = std::nullopt, .exit_code = exit_usage};
  }
  read_command(app, line);
  return {.command_line = std::move(line), .exit_code = exit_fine};
}

}  // namespace vigie::app
