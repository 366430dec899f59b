/**
 * Tells people from robots by asking for each click, as such services are asked. What answers here
 * is a stand-in that takes its time and always says the same of the same user.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CheckedClick, Click } from './click.ts';

/** Every so many users are robots. */
const ROBOT_EVERY = 50;

/** `latencyMs` is what an answer takes. */
export function robotCheck(latencyMs: number): (click: Click) => Promise<CheckedClick> {
  return async (click) => {
    await pause(latencyMs);
    return { ...click, robot: Number(click.userId.slice(1)) % ROBOT_EVERY === 0 };
  };
}
