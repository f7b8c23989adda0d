// SPDX-License-Identifier: Apache-2.0
// Each command of the contract; the value returned is the exit code.
#pragma once
#include "app/command_line.hpp"
#include "config/config.hpp"

namespace vigie::app {

int run_command(const CommandLine& line, const config::Config& config);

int serve(const CommandLine& line, const config::Config& config);
int transcribe(const CommandLine& line, const config::Config& config);
int analyse(const CommandLine& line, const config::Config& config);
int evaluate(const CommandLine& line, const config::Config& config);
int admin(const CommandLine& line, const config::Config& config);
int create_token(const CommandLine& line, const config::Config& config);
int migrate_database(const CommandLine& line, const config::Config& config);
int show_database_status(const CommandLine& line, const config::Config& config);
int list_models(const CommandLine& line, const config::Config& config);
int fetch_models(const CommandLine& line, const config::Config& config);
int verify_audit(const CommandLine& line, const config::Config& config);
int export_audit(const CommandLine& line, const config::Config& config);
int doctor(const CommandLine& line, const config::Config& config);

}  // namespace vigie::app
