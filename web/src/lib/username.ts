// SPDX-License-Identifier: Apache-2.0
// The rule of src/domain/account.cpp for what a person may type, so that a mistake is told in their
// language before anything is sent. The server decides.

export type UsernameProblem = 'empty' | 'address_without_name' | 'other_site' | 'too_long' | 'characters' | 'sentence' | 'stream';
export type ParsedUsername = { username: string } | { problem: UsernameProblem };

const longestUsername = 24;

function nameInAddress(typed: string): ParsedUsername {
  const withoutScheme = typed.replace(/^https?:\/\//i, '');
  const slash = withoutScheme.indexOf('/');
  const host = (slash < 0 ? withoutScheme : withoutScheme.slice(0, slash)).toLowerCase();
  if (host !== 'tiktok.com' && !host.endsWith('.tiktok.com')) {
    return { problem: 'other_site' };
  }
  const first = slash < 0 ? '' : (withoutScheme.slice(slash + 1).split(/[/?#]/)[0] ?? '');
  return first.startsWith('@') ? { username: first } : { problem: 'address_without_name' };
}

const longestAddress = 500;

// A direct address of sound: plain, over HTTP, without a user name or password.
function isStreamAddress(address: string): boolean {
  const host = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1];
  return host !== undefined && !host.includes('@') && /^[!-~]+$/.test(address) && address.length <= longestAddress;
}

export function parseUsername(typed: string): ParsedUsername {
  let name = typed.trim();
  if (/^stream:/i.test(name)) {
    return isStreamAddress(name.slice('stream:'.length)) ? { username: name } : { problem: 'stream' };
  }
  if (/\s/.test(name)) {
    return { problem: 'sentence' };
  }
  if (name.includes('/')) {
    const found = nameInAddress(name);
    if ('problem' in found) {
      return found;
    }
    name = found.username;
  }
  name = name.replace(/^@/, '');
  if (name === '') {
    return { problem: 'empty' };
  }
  const folded = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!/^[a-z0-9._]+$/.test(folded)) {
    return { problem: 'characters' };
  }
  return folded.length > longestUsername ? { problem: 'too_long' } : { username: folded };
}

// An account as people read it: a name of TikTok with its @, an address as it is.
export const accountName = ({ platform, username }: { platform: string; username: string }): string => `${platform === 'tiktok' ? '@' : ''}${username}`;
