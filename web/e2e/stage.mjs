// SPDX-License-Identifier: Apache-2.0
// What stands around the tests of a suite: one browser for all of them, and for each a server of its own with
// a busy evening. Called inside describe().
import { after, afterEach, before, beforeEach } from 'node:test';
import { closePages, expectAccessible, expectClean, expectNoSideScroll, launch, openedPage, shoot, visit } from './browser.mjs';
import { StatesServer } from './states-server.mjs';
import { busyWorld } from './states-world.mjs';

// prepare(server): what else its answers are. The stage's server, address and watched (the page opened last)
// change with each test.
export function staged(prepare = () => {}) {
  const stage = { browser: undefined, server: undefined, address: undefined, watched: undefined };
  before(async () => { stage.browser = await launch(); });
  after(async () => { await stage.browser?.close(); });
  beforeEach(async () => {
    stage.server = new StatesServer();
    stage.server.world = busyWorld();
    prepare(stage.server);
    stage.address = await stage.server.start();
  });
  afterEach(async () => {
    await closePages(stage.browser);
    await stage.server.stop();
  });

  stage.open = async (path, options, expected) => {
    stage.watched = await openedPage(stage.browser, stage.address + path, options, expected);
    return stage.watched.page;
  };
  // In the page that is open, as by its address bar.
  stage.visit = async (path) => {
    await visit(stage.watched, stage.address + path);
    return stage.watched.page;
  };
  // Sound in every way but for what axe says, with a picture.
  stage.look = async (name, where = name) => {
    await expectNoSideScroll(stage.watched, where);
    await expectClean(stage.watched, where);
    await shoot(stage.watched, name);
  };
  stage.check = async (name, where = name) => {
    await expectAccessible(stage.watched, where);
    await stage.look(name, where);
  };
  return stage;
}
