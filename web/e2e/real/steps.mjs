// SPDX-License-Identifier: Apache-2.0
// Tests of which each stands on the one before: after a failure the rest would only wait in vain.
import { test } from 'node:test';

// The function that makes one; shootFailure() keeps what was on screen.
export function steps(shootFailure) {
  let hasFailed = false;
  return (name, act) => test(name, async (context) => {
    if (hasFailed) {
      context.skip('an earlier step failed');
      return;
    }
    hasFailed = true;
    await act().catch(async (error) => {
      await shootFailure();
      throw error;
    });
    hasFailed = false;
  });
}
