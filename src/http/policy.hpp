// SPDX-License-Identifier: Apache-2.0
// What every answer forbids browsers (requirement B2): the handler's answers and the server's own
// refusals alike.
#pragma once
#include "http/message.hpp"

namespace vigie::http {

void set_policy(Headers& headers);

}  // namespace vigie::http
