// SPDX-License-Identifier: Apache-2.0
// A certificate of the simulator's own, made at its start, that clients can be told to trust.
#pragma once
#include <string>

#include "http/server.hpp"

namespace vigie::sim {

// Signed by itself, good for a month, for localhost, for this IP address, and for the hosts of
// TikTok's that a test may point at the simulator. Errc::unavailable when OpenSSL will not.
Result<http::TlsIdentity> make_certificate(const std::string& address);

// The files' PEM. Errc::not_found when one cannot be read.
Result<http::TlsIdentity> load_certificate(const std::string& certificate_file,
                                           const std::string& key_file);

}  // namespace vigie::sim
