// SPDX-License-Identifier: Apache-2.0
// vigie: reads the command line and the configuration, then runs one command.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

#include "app/command_line.hpp"
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "config/config.hpp"

namespace {

using namespace vigie;

constexpr const char* usual_file = "vigie.toml";

std::map<std::string, std::string> whole_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

Result<config::Config> load_configuration(const app::CommandLine& line) {
  config::Sources sources;
  sources.flags = line.flags;
  sources.environment = whole_environment();
  const bool is_asked_for = !line.config_file.empty();
  const std::string path = is_asked_for ? line.config_file : std::string{usual_file};
  std::ifstream file{path, std::ios::binary};
  if (file) {
    sources.file_path = path;
    sources.file_text.assign(std::istreambuf_iterator<char>{file}, {});
  } else if (is_asked_for) {
    return make_error(Errc::invalid, "{}: this file cannot be read", path);
  }
  return config::load(sources);
}

int run(int count, char** arguments) {
  auto parsed = app::parse_command_line(count, arguments);
  if (!parsed.command_line) {
    return parsed.exit_code;
  }
  auto config = load_configuration(*parsed.command_line);
  if (!config) {
    fmt::print(stderr, "vigie: the configuration is wrong:\n{}\n", config.error().what);
    return app::exit_configuration;
  }
  return app::run_command(*parsed.command_line, *config);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "vigie: this is a bug, please report it: {}\n", failure.what());
    return vigie::app::exit_finding;
  }
}
