import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.ts';

test('a machine whose clock is wrong measures ages by the clock of the server', () => {
  let local = 1_000_000;
  const clock = new ServerClock(() => local);
  expect(clock.now(), 'nothing is heard yet').toBe(1_000_000);
  clock.heard(400_000);
  expect(clock.now()).toBe(400_000);
  local += 1000;
  clock.heard(400_100);
  expect(clock.now(), 'the one that was on its way for less counts').toBe(401_000);
});

test('what a late message explains is no difference', () => {
  const clock = new ServerClock(() => 1_000_000);
  clock.heard(998_500);
  expect(clock.now()).toBe(1_000_000);
});

test('a clock that is set right is followed', () => {
  let local = 1_000_000;
  const clock = new ServerClock(() => local);
  clock.heard(1_600_000);
  local = 1_600_000;
  for (let at = 0; at < 10; at++) clock.heard(1_600_000);
  expect(clock.now()).toBe(1_600_000);
});
