// SPDX-License-Identifier: Apache-2.0
// tiktok-live-connector (npm, unmodified) against the simulator: tiktok_live_connector.mjs FOLDER URL,
// where FOLDER has it. The signer comes from SIGN_API_URL, the hosts from its options. Prints one line
// for what it saw; exit 1 when that is wrong.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const patience = 10_000;
const [folder, url] = process.argv.slice(2);
process.env.SIGN_API_URL = url;
const found = createRequire(`${folder}/package.json`).resolve('tiktok-live-connector');
const { TikTokLiveConnection, ControlAction } = await import(pathToFileURL(found));

// Its own rule: https for 127.…, http for every other name. So the simulator gets a name, which its
// HTTP client is told the address of; the socket's address comes from the signer.
const host = `vigie-sim.test:${new URL(url).port}`;
const dnsLookup = (_name, options, done) => {
  const [address, family] = ['127.0.0.1', 4];
  const answer = done ?? options;
  if (options?.all) answer(null, [{ address, family }]);
  else answer(null, address, family);
};

function connection(user) {
  return new TikTokLiveConnection(user, {
    webConfigOverrides: { TIKTOK_HOST_WEB: host, TIKTOK_HOST_WEBCAST: host },
    webClientOptions: { dnsLookup, retry: { limit: 0 } },
  });
}

async function control(path, parameters) {
  const answer = await fetch(`${url}/__sim/${path}?${new URLSearchParams(parameters)}`);
  assert.equal(answer.status, 200, `${path}: ${await answer.text()}`);
}

// By its own rule whatever is not over is live, and a name nobody has is an error.
async function checkStatus() {
  const expected = { vigie_live: true, vigie_offline: false, vigie_paused: true };
  for (const [user, isLive] of Object.entries(expected)) {
    assert.equal(await connection(user).fetchIsLive(), isLive, user);
  }
  await assert.rejects(connection('vigie_absent').fetchIsLive());
  await assert.rejects(connection('vigie_offline').connect());
}

async function checkRoom(user) {
  const room = connection(user);
  const hear = async (event) => (await once(room, event, { signal: AbortSignal.timeout(patience) }))[0];
  const emit = async (event, what, parameters = {}) => {
    const heard = hear(event);
    await control('emit', { user, what, ...parameters });
    return heard;
  };
  room.on('error', ({ info, exception }) => {
    console.error(info, exception);
    process.exitCode = 1;
  });

  const info = await room.fetchRoomInfo();
  assert.equal(info.data.status, 2);
  assert.equal(info.data.owner.display_id, user);

  const entered = hear('enterRoom');
  const viewers = hear('roomUser');
  const state = await room.connect();
  assert.equal(state.roomId, info.data.id_str);
  await entered;
  assert.equal(Number((await viewers).total), info.data.user_count);

  const chat = await emit('chat', 'chat', { name: 'ana', text: 'Bonjour à tous' });
  assert.equal(chat.content, 'Bonjour à tous');
  assert.equal(chat.user.displayId, 'ana');
  const like = await emit('like', 'like', { name: 'ana', count: 15 });
  assert.deepEqual([Number(like.count), Number(like.total)], [15, 15]);
  const member = await emit('member', 'member', { name: 'bob' });
  assert.equal(member.user.displayId, 'bob');
  const follow = await emit('follow', 'follow', { name: 'bob' });
  assert.equal(follow.user.displayId, 'bob');
  await emit('share', 'share', { name: 'bob' });
  const gift = await emit('gift', 'gift', { name: 'ana', count: 3 });
  assert.equal(gift.repeatCount, 3);
  assert.equal(Number((await emit('roomUser', 'viewers', { count: 4321 })).total), 4321);
  assert.equal((await emit('controlMessage', 'pause')).action, ControlAction.CONTROL_ACTION_STREAM_PAUSED);
  assert.equal((await emit('controlMessage', 'unpause')).action, ControlAction.CONTROL_ACTION_STREAM_UNPAUSED);
  const gone = hear('disconnected');
  assert.equal((await emit('streamEnd', 'end')).action, ControlAction.CONTROL_ACTION_STREAM_ENDED);
  await gone;
}

await checkStatus();
await checkRoom('connector_end');
console.log('tiktok-live-connector: fetchIsLive, fetchRoomInfo, connect and every event');
