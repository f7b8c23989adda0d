// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>

#include "app/exit_codes.hpp"

namespace vigie::app {
namespace {

int show_version(const CommandLine& line, const config::Config&) {
  constexpr std::string_view version = VIGIE_VERSION;
  constexpr std::string_view compiler = __VERSION__;
  if (line.json) {
    fmt::print("{{\"version\":\"{}\",\"compiler\":\"{}\"}}\n", version, compiler);
  } else {
    fmt::print("vigie {} ({})\n", version, compiler);
  }
  return exit_fine;
}

int show_configuration(const CommandLine&, const config::Config& config) {
  fmt::print("{}", config.show());
  return exit_fine;
}

// A configuration with mistakes never comes this far: loading it says them all.
int check_configuration(const CommandLine&, const config::Config&) {
  fmt::print("the configuration is right\n");
  return exit_fine;
}

int show_reference(const CommandLine&, const config::Config&) {
  fmt::print("{}", config::reference());
  return exit_fine;
}

using Command = int (*)(const CommandLine&, const config::Config&);

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> table{
      {"serve", serve},
      {"transcribe", transcribe},
      {"analyse", analyse},
      {"eval", evaluate},
      {"admin create", admin},
      {"admin reset", admin},
      {"admin disable", admin},
      {"token create", create_token},
      {"db migrate", migrate_database},
      {"db status", show_database_status},
      {"audit verify", verify_audit},
      {"audit export", export_audit},
      {"config show", show_configuration},
      {"config check", check_configuration},
      {"config reference", show_reference},
      {"model list", list_models},
      {"model fetch", fetch_models},
      {"doctor", doctor},
      {"version", show_version},
  };
  return table;
}

}  // namespace

int run_command(const CommandLine& line, const config::Config& config) {
  const auto name = fmt::format("{}", fmt::join(line.command, " "));
  return commands().at(name)(line, config);
}

}  // namespace vigie::app
